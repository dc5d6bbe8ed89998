import type { HttpSettings } from '../configuration/model.js';
import { OcspbotError } from '../util/errors.js';
import type { Http, HttpLimits, HttpRequest, HttpResponse } from '../http/types.js';
import { LIMITS } from '../util/limits.js';
import { shownUrl } from '../util/text.js';
import type { Duration, Instant } from '../util/time.js';
import { acceptBody } from './accept.js';
import { type Cause, causeBeforeSending, causeOf } from './attempt.js';
import { retryAfter } from './caching.js';
import { planRequest, type RequestInput } from './request.js';
import { parseHttpUrl } from './responder-url.js';

/** The reply to one attempt. */
export type Reply =
  | {
      readonly kind: 'answered';
      /** The bytes of an OCSPResponse. Nothing is verified yet. */
      readonly body: Uint8Array;
      readonly headers: HttpResponse['headers'];
    }
  /** The responder has no newer response than the one whose validator was sent (304). */
  | { readonly kind: 'not-modified'; readonly headers: HttpResponse['headers'] }
  | {
      readonly kind: 'failed';
      readonly error: OcspbotError;
      readonly cause: Cause;
      readonly retryAfter: Duration | undefined;
    };

/** Sends one request, and follows its redirects. Errors of the transport are returned, all others thrown. */
export async function ask(
  input: RequestInput,
  settings: HttpSettings,
  http: Http,
  now: Instant,
): Promise<Reply> {
  let sent: Sent | undefined;
  let wasSent = false;
  const observed: Pick<Http, 'exchange'> = {
    exchange: (request, limits) =>
      http.exchange(request, limits, (trace) => {
        wasSent ||= trace.wasSent;
      }),
  };
  try {
    sent = await send(observed, planRequest(input), limitsOf(settings));
    const { request, response } = sent;
    const { headers } = response;
    const isConditional = 'If-None-Match' in request.headers || 'If-Modified-Since' in request.headers;
    if (response.status === 304 && isConditional) return { kind: 'not-modified', headers };
    return { kind: 'answered', body: acceptBody(request, response), headers };
  } catch (error) {
    if (!(error instanceof OcspbotError)) throw error;
    const cause = wasSent ? causeOf(error, sent?.response.status) : causeBeforeSending(error);
    return { kind: 'failed', error, cause, retryAfter: sent && retryAfter(sent.response, now) };
  }
}

function limitsOf({ timeout, connectTimeout, maxResponseSize }: HttpSettings): HttpLimits {
  return { timeout, connectTimeout, maxBody: maxResponseSize };
}

interface Sent {
  /** The last request, whose answer was no redirect. */
  readonly request: HttpRequest;
  readonly response: HttpResponse;
}

/** Sends a request and follows a few redirects. The time limit holds for each exchange. */
async function send(http: Pick<Http, 'exchange'>, first: HttpRequest, limits: HttpLimits): Promise<Sent> {
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
  const redirectedBy = request.redirectedBy ?? whoAnswered(request, response);
  if (response.status !== 303 || method === 'GET') return { method, url, headers, body, redirectedBy };
  const { 'Content-Type': _, ...others } = headers;
  return { method: 'GET', url, headers: others, redirectedBy };
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
