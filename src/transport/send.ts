import { LIMITS } from '../defaults.js';
import { OcspbotError } from '../errors.js';
import type { Http, HttpLimits, HttpRequest, HttpResponse } from '../system/interfaces/http.js';
import { shownUrl } from '../text/printable.js';
import { followRedirect, isRedirect, refused } from './redirect.js';

export interface Sent {
  /** The last request: the one that was answered with something else than a redirect. */
  readonly request: HttpRequest;
  readonly response: HttpResponse;
}

/** Sends a request and follows a few redirects. Each exchange has the whole time limit for itself. */
export async function send(
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
