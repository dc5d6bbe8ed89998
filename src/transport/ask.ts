import type { HttpSettings } from '../configuration/model.js';
import { OcspbotError } from '../errors.js';
import type { Http, HttpLimits, HttpResponse } from '../system/interfaces/http.js';
import type { Duration } from '../time/duration.js';
import type { Instant } from '../time/instant.js';
import { acceptBody } from './accept.js';
import { causeBeforeSending, causeOf, type Cause } from './causes.js';
import { planRequest, type Question } from './request.js';
import { retryAfter } from './retry-after.js';
import { send, type Sent } from './send.js';

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
