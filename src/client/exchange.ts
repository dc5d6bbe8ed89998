import type { HttpSettings } from '../configuration/model.js';
import { OcspbotError } from '../util/errors.js';
import type { Http, HttpLimits, HttpRequest, HttpResponse } from '../http/types.js';
import { LIMITS } from '../util/limits.js';
import { shownUrl } from '../util/text.js';
import type { Duration, Instant } from '../util/time.js';
import { acceptBody } from './accept.js';
import { type Cause, causeBeforeSending, causeOf } from './attempt.js';
import { retryAfter } from './caching.js';
import { planRequest, type Question } from './request.js';
import { parseHttpUrl } from './responder-url.js';

/** What became of one attempt. */
export type Reply =
  | {
      readonly kind: 'answered';
      /** What was sent as an OCSPResponse. Nothing is verified yet. */
      readonly body: Uint8Array;
      readonly headers: HttpResponse['headers'];
    }
  /** What was asked about by its validators is still all that there is. */
  | { readonly kind: 'not-modified'; readonly headers: HttpResponse['headers'] }
  | {
      readonly kind: 'failed';
      readonly error: OcspbotError;
      readonly cause: Cause;
      readonly retryAfter: Duration | undefined;
    };

/** Asks a responder once. Throws only what is no OcspbotError of the transport. */
export async function ask(
  question: Question,
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
    sent = await send(observed, planRequest(question), limitsOf(settings));
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
  /** The last request: the one that was answered with something else than a redirect. */
  readonly request: HttpRequest;
  readonly response: HttpResponse;
}

/** Sends a request and follows a few redirects. Each exchange has the whole time limit for itself. */
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

/** Of a failure somewhere else it is told how we came there. */
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
 * The request that a redirect asks for. Throws `redirect-refused` when it does not say where, leads to anything but
 * http or https, or from https to http. Whether the address is one where strangers may lead is seen when it is known.
 *
 * A POST stays a POST after 301, 302, 307 and 308: RFC 9110 §15.4.2 allows browsers to make a GET of it, but an OCSP
 * request without its body asks nothing. After 303 it is a GET of what is there (RFC 9110 §15.4.4).
 */
function followRedirect(request: HttpRequest, response: HttpResponse): HttpRequest {
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

function refused(request: HttpRequest, what: string): OcspbotError {
  return new OcspbotError('redirect-refused', `${request.method} ${shownUrl(request.url)} ${what}`, {
    hint: 'set ocsp_responder_uri to the URL where the responder really is, if this is not a passing fault of it',
  });
}
