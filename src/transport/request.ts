import { LIMITS } from '../defaults.js';
import type { HttpSettings } from '../configuration/model.js';
import type { HttpRequest } from '../system/interfaces.js';

export const REQUEST_TYPE = 'application/ocsp-request';
export const RESPONSE_TYPE = 'application/ocsp-response';

export interface Question {
  readonly responder: URL;
  /** DER of an OCSPRequest. */
  readonly der: Uint8Array;
  readonly method: HttpSettings['method'];
  readonly userAgent: string;
}

/**
 * OCSP over HTTP (RFC 6960 App. A.1): GET where the whole URL is short enough, so that caches can help
 * (RFC 9919 §6), else POST. An explicit `get` makes no difference by length. A URL with a query has no form
 * for GET: it is always POSTed to.
 */
export function planRequest({ responder, der, method, userAgent }: Question): HttpRequest {
  const headers = { accept: RESPONSE_TYPE, 'user-agent': userAgent };
  const getUrl = method === 'post' ? undefined : urlForGet(responder, der);
  if (getUrl !== undefined && (method === 'get' || getUrl.length <= LIMITS.getUrlLength)) {
    return { method: 'GET', url: getUrl, headers };
  }
  return {
    method: 'POST',
    url: responder.href,
    headers: { ...headers, 'content-type': REQUEST_TYPE },
    body: der,
  };
}

/** Exactly one slash at the join, and no `+`, `/`, `=` of base64 left bare. */
function urlForGet(responder: URL, der: Uint8Array): string | undefined {
  if (responder.search !== '') return undefined;
  const base = (responder.origin + responder.pathname).replace(/\/+$/, '');
  return `${base}/${encodeURIComponent(Buffer.from(der).toString('base64'))}`;
}
