import { OcspbotError } from '../errors.js';
import type { HttpRequest, HttpResponse } from '../system/interfaces/http.js';
import { shownUrl } from '../text/printable.js';
import { parseHttpUrl } from './responder.js';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export function isRedirect({ status }: HttpResponse): boolean {
  return REDIRECTS.has(status);
}

/**
 * The request that a redirect asks for. Throws `redirect-refused` when it does not say where, leads to anything but
 * http or https, or from https to http. Whether the address is one where strangers may lead is seen when it is known.
 *
 * A POST stays a POST after 301, 302, 307 and 308: RFC 9110 §15.4.2 allows browsers to make a GET of it, but an OCSP
 * request without its body asks nothing. After 303 it is a GET of what is there (RFC 9110 §15.4.4).
 */
export function followRedirect(request: HttpRequest, response: HttpResponse): HttpRequest {
  const url = target(request, response);
  const { method, body, headers } = request;
  const redirectedBy = request.redirectedBy ?? whoAnswered(request, response);
  if (response.status !== 303 || method === 'GET') return { method, url, headers, body, redirectedBy };
  const { 'Content-Type': _, ...others } = headers;
  return { method: 'GET', url, headers: others, redirectedBy };
}

/** Behind a proxy only the name is known. */
function whoAnswered({ url }: HttpRequest, { peer: { address, proxy } }: HttpResponse): string {
  return proxy === undefined && address !== undefined ? address : new URL(url).hostname;
}

function target(request: HttpRequest, { status, headers }: HttpResponse): string {
  const location = headers['location'];
  if (location === undefined || location === '')
    throw refused(request, `answered ${status} without saying where to`);
  const from = new URL(request.url);
  const parsed = parseHttpUrl(location, from);
  if (parsed.kind === 'unusable') throw refused(request, `answered ${status}, but ${parsed.problem}`);
  if (from.protocol === 'https:' && parsed.url.protocol === 'http:') {
    throw refused(request, `answered ${status} from https back to ${shownUrl(parsed.url.href)}`);
  }
  return parsed.url.href;
}

export function refused(request: HttpRequest, what: string): OcspbotError {
  return new OcspbotError('redirect-refused', `${request.method} ${shownUrl(request.url)} ${what}`, {
    hint: 'set ocsp_responder_uri to the URL where the responder really is, if this is not a passing fault of it',
  });
}
