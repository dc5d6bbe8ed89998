import { lessTrusted } from '../http/address-scope.js';
import type { Http, HttpLimits, HttpRequest, HttpResponse } from '../http/types.js';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { shownUrl } from '../util/text.js';
import { parseHttpUrl } from './responder-url.js';

/** A request and its response. */
export interface Sent {
  /** The last request, whose answer was no redirect. */
  readonly request: HttpRequest;
  readonly response: HttpResponse;
}

/**
 * Sends a request and follows a few redirects. The time limit holds for each exchange. Throws OcspbotErrors of the
 * transport, and `redirect-refused`.
 */
export async function sendFollowing(
  http: Pick<Http, 'exchange'>,
  first: HttpRequest,
  limits: HttpLimits,
): Promise<Sent> {
  let request = first;
  for (let followed = 0; followed <= LIMITS.redirects; followed += 1) {
    const response = await exchange(http, request, limits, first);
    if (!isRedirect(response)) return { request, response };
    request = followRedirect(request, response);
  }
  throw refused(
    first,
    `was redirected more than ${LIMITS.redirects} times, at last to ${shownUrl(request.url)}`,
  );
}

/** Sends one request. The error of a redirected request also names the first URL. */
async function exchange(
  http: Pick<Http, 'exchange'>,
  request: HttpRequest,
  limits: HttpLimits,
  first: HttpRequest,
): Promise<HttpResponse> {
  try {
    return await http.exchange(request, limits);
  } catch (error) {
    if (request === first || !(error instanceof OcspbotError)) throw error;
    const { code, message, hint, cause } = error;
    throw new OcspbotError(code, `${message}, after a redirect from ${shownUrl(first.url)}`, { hint, cause });
  }
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function isRedirect({ status }: HttpResponse): boolean {
  return REDIRECTS.has(status);
}

/**
 * Makes the request that a redirect asks for. Throws `redirect-refused` if the redirect names no target, leads to anything
 * but http or https, or leads from https to http. The connector checks the address scope when the address is known.
 *
 * A POST stays a POST after 301, 302, 307 and 308. RFC 9110 §15.4.2 allows browsers to make a GET of it, but an OCSP
 * request without its body asks nothing. After 303 the request is a GET (RFC 9110 §15.4.4).
 */
function followRedirect(request: HttpRequest, response: HttpResponse): HttpRequest {
  const url = target(request, response);
  const { method, body, headers } = request;
  const redirectedBy = redirecting(request, response);
  if (response.status !== 303 || method === 'GET') return { method, url, headers, body, redirectedBy };
  const { 'Content-Type': _, ...others } = headers;
  return { method: 'GET', url, headers: others, redirectedBy };
}

/** Returns the least trusted server of those that redirected us. */
function redirecting(request: HttpRequest, response: HttpResponse): string {
  const last = whoAnswered(request, response);
  return request.redirectedBy === undefined ? last : lessTrusted(request.redirectedBy, last);
}

/** Returns the address that redirected us, or its host name if a proxy hides the address. */
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

function refused(request: HttpRequest, what: string): OcspbotError {
  return new OcspbotError('redirect-refused', `${request.method} ${shownUrl(request.url)} ${what}`, {
    hint: 'set ocsp_responder_uri to the URL where the responder really is, if this is not a passing fault of it',
  });
}
