import type { HttpSettings } from '../configuration/model.js';
import { OcspbotError } from '../util/errors.js';
import type { Http, HttpLimits, HttpResponse, Trace } from '../http/types.js';
import type { Duration, Instant } from '../util/time.js';
import { acceptBody } from './accept.js';
import { type Cause, causeBeforeSending, causeOf } from './attempt.js';
import { retryAfter } from './caching.js';
import { type Sent, sendFollowing } from './follow.js';
import { planRequest, type RequestInput } from './request.js';

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
      readonly reach: Reach;
      readonly retryAfter: Duration | undefined;
    };

/**
 * How far a request came. `unsent`: no connection was made. `unanswered`: at least a part was sent, and no HTTP answer came.
 * `answered`: an HTTP answer began, be it only a redirect.
 */
export type Reach = 'unsent' | 'unanswered' | 'answered';

/** Sends one request, and follows its redirects. Errors of the transport are returned, all others thrown. */
export async function ask(
  input: RequestInput,
  settings: HttpSettings,
  http: Http,
  now: Instant,
): Promise<Reply> {
  let sent: Sent | undefined;
  let reach: Reach = 'unsent';
  const observed: Pick<Http, 'exchange'> = {
    exchange: (request, limits) =>
      http.exchange(request, limits, (trace) => {
        // The failure of a redirect's target says nothing about the host that sent the redirect.
        if (reach !== 'answered') reach = reachOf(trace);
      }),
  };
  try {
    sent = await sendFollowing(observed, planRequest(input), limitsOf(settings));
    const { request, response } = sent;
    const { headers } = response;
    const isConditional = 'If-None-Match' in request.headers || 'If-Modified-Since' in request.headers;
    if (response.status === 304 && isConditional) return { kind: 'not-modified', headers };
    return { kind: 'answered', body: acceptBody(request, response), headers };
  } catch (error) {
    if (!(error instanceof OcspbotError)) throw error;
    const cause = reach === 'unsent' ? causeBeforeSending(error) : causeOf(error, sent?.response.status);
    return { kind: 'failed', error, cause, reach, retryAfter: sent && retryAfter(sent.response, now) };
  }
}

function reachOf({ wasSent, status }: Trace): Reach {
  if (!wasSent) return 'unsent';
  return status === undefined ? 'unanswered' : 'answered';
}

function limitsOf({ timeout, connectTimeout, maxResponseSize }: HttpSettings): HttpLimits {
  return { timeout, connectTimeout, maxBody: maxResponseSize };
}
