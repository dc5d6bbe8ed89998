import { OcspbotError } from '../util/errors.js';
import { shownPeer } from '../http/route.js';
import type { HttpRequest, HttpResponse } from '../http/types.js';
import { LIMITS } from '../util/limits.js';
import { printable, shownUrl } from '../util/text.js';
import { RESPONSE_TYPE } from './request.js';

/**
 * Returns the body of an HTTP response if it has status 200, no content coding, the media type of RFC 6960 App. C.2 and a
 * body that is not empty. Nothing in the body is verified.
 *
 * @throws OcspbotError `http-status`, `proxy-failure`, `content-encoding`, `media-type` or `body-empty`
 */
export function acceptBody(request: HttpRequest, response: HttpResponse): Uint8Array {
  const { status, body } = response;
  if (status !== 200) throw wrongStatus(placeOf(request, response), response);
  const coding = codingOf(response);
  if (coding !== undefined) {
    const where = placeOf(request, response);
    throw new OcspbotError('content-encoding', `${where} answered in the coding "${printable(coding, 80)}"`, {
      hint: 'none was offered, and nothing is unpacked: tell the operator of the responder, or of the cache before it',
    });
  }
  if (mediaType(response) !== RESPONSE_TYPE) throw wrongType(placeOf(request, response), response);
  if (body.length === 0) {
    throw new OcspbotError('body-empty', `${placeOf(request, response)} answered with an empty body`, {
      hint: 'this is a fault of the responder: tell its operator if it lasts',
    });
  }
  return body;
}

/** Says in a message who answered which request. */
function placeOf({ method, url }: HttpRequest, { peer }: HttpResponse): string {
  return `${method} ${shownUrl(url)}${shownPeer(url, peer)}`;
}

function wrongStatus(where: string, response: HttpResponse): OcspbotError {
  const { status, peer } = response;
  const code = status === 407 && peer.proxy !== undefined ? 'proxy-failure' : 'http-status';
  const guess = status === 511 ? PORTAL : '';
  return new OcspbotError(code, `${where} answered with status ${status}${quote(response)}${guess}`, {
    hint: statusHint(status),
  });
}

function wrongType(where: string, response: HttpResponse): OcspbotError {
  const { headers, body } = response;
  const type = headers['content-type'];
  const given = type === undefined ? 'without a media type' : `with the media type "${printable(type, 80)}"`;
  const guess = isHtml(response) ? PORTAL : '';
  // 0x30 is the tag of a SEQUENCE, with which every OCSP response begins.
  const hint = body[0] === 0x30 ? `the responder must call it ${RESPONSE_TYPE}: tell its operator` : URL_HINT;
  return new OcspbotError('media-type', `${where} answered ${given}${quote(response)}${guess}`, { hint });
}

const PORTAL = '; this looks like a captive portal or a proxy page';
const URL_HINT = 'check that the URL is that of an OCSP responder, and that no proxy answers in its place';

/** Returns a coding of the body besides `identity` and `chunked` (RFC 9110 §8.4, RFC 9112 §6.1). */
function codingOf({ headers }: HttpResponse): string | undefined {
  const codings = [headers['content-encoding'], headers['transfer-encoding']];
  return codings.find((coding) => coding !== undefined && !/^\s*(identity|chunked)?\s*$/i.test(coding));
}

/** Returns the media type without parameters, in lower case (RFC 9110 §8.3.1). */
function mediaType({ headers }: HttpResponse): string | undefined {
  return headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
}

/** Quotes the beginning of a body that is not an OCSP response. */
function quote({ body }: HttpResponse): string {
  return body.length === 0 ? '' : `, and the body begins with "${printable(body, LIMITS.quotedBody)}"`;
}

function isHtml(response: HttpResponse): boolean {
  const start = Buffer.from(response.body.subarray(0, 200)).toString('latin1');
  return mediaType(response) === 'text/html' || /^\s*<(!doctype|html)\b/i.test(start);
}

function statusHint(status: number): string {
  switch (status) {
    case 204:
      return 'check the URL: whatever answers there has no response to give';
    case 407:
      return 'the proxy wants a user and a password, or others: http.proxy: http://USER:PASSWORD@HOST:PORT';
    case 401:
    case 403:
    case 511:
      return 'the responder, or a proxy or firewall before it, does not let this machine ask';
    case 404:
    case 410:
      return 'check the URL of the responder: nothing is there';
    case 405:
    case 411:
    case 413:
    case 414:
    case 415:
      return 'the responder does not like the form of the request';
    default:
      return status >= 500 || status === 429
        ? 'the responder is out of order or overloaded: it is asked again in the next run'
        : URL_HINT;
  }
}
