import { LIMITS } from '../defaults.js';
import { OcspbotError } from '../errors.js';
import type { HttpRequest, HttpResponse } from '../system/interfaces.js';
import { printable, shownUrl } from '../text/printable.js';
import { RESPONSE_TYPE } from './request.js';

/**
 * Whether HTTP has done its part: status 200, the media type of RFC 6960 App. C.2, a body that is not empty.
 * Throws `http-status`, `media-type` or `body-empty`. What the body says is for verification.
 */
export function acceptBody(request: HttpRequest, response: HttpResponse): Uint8Array {
  const { status, headers, body } = response;
  const where = `${request.method} ${shownUrl(request.url)}`;
  if (status !== 200) {
    throw new OcspbotError('http-status', `${where} answered with status ${status}${quote(response)}`, {
      hint: statusHint(status),
    });
  }
  const type = headers['content-type'];
  if (mediaType(type) !== RESPONSE_TYPE) {
    const given =
      type === undefined ? 'without a media type' : `with the media type "${printable(type, 80)}"`;
    throw new OcspbotError('media-type', `${where} answered ${given}${quote(response)}`, {
      hint: 'check that the URL is that of an OCSP responder, and that no proxy answers in its place',
    });
  }
  if (body.length === 0) {
    throw new OcspbotError('body-empty', `${where} answered with an empty body`, {
      hint: 'this is a fault of the responder: tell its operator if it lasts',
    });
  }
  return body;
}

/** Without parameters, in lower case (RFC 9110 §8.3.1). */
function mediaType(header: string | undefined): string | undefined {
  return header?.split(';', 1)[0]?.trim().toLowerCase();
}

/** What came instead of an OCSP response, as far as it helps a person. */
function quote({ headers, body }: HttpResponse): string {
  if (body.length === 0) return '';
  const start = printable(body, LIMITS.quotedBody);
  const isHtml =
    mediaType(headers['content-type']) === 'text/html' ||
    /^\s*<(!doctype|html)\b/i.test(Buffer.from(body.subarray(0, 200)).toString('latin1'));
  const guess = isHtml ? '; this looks like an HTML page, maybe of a proxy or a captive portal' : '';
  return `, and the body begins with "${start}"${guess}`;
}

function statusHint(status: number): string {
  switch (status) {
    case 401:
    case 403:
    case 407:
      return 'the responder, or a proxy or firewall before it, does not let this machine ask';
    case 404:
    case 410:
      return 'check the URL of the responder: nothing is there';
    case 405:
    case 411:
    case 413:
    case 414:
    case 415:
      return 'the responder does not like the form of the request: try the other http.method, get or post';
    default:
      return status >= 500 || status === 429
        ? 'the responder is out of order or overloaded: it is asked again in the next run'
        : 'check that the URL is that of an OCSP responder, and that no proxy answers in its place';
  }
}
