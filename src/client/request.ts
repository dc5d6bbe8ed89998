import type { HttpSettings } from '../configuration/model.js';
import type { HttpRequest } from '../http/types.js';
import { LIMITS } from '../util/limits.js';
import { withoutTrailing } from '../util/text.js';
import type { Attempt, RequestForm } from './attempt.js';
import type { Validators } from './validators.js';

const REQUEST_TYPE = 'application/ocsp-request';
export const RESPONSE_TYPE = 'application/ocsp-response';

export interface RequestInput {
  readonly attempt: Pick<Attempt, 'responder' | 'form' | 'caches'>;
  /** The DER of an OCSPRequest. */
  readonly der: Uint8Array;
  /** The validators of the response in place, for a conditional GET. */
  readonly validators: Validators | undefined;
  readonly userAgent: string;
}

/** Makes the HTTP request for an OCSP request (RFC 6960 App. A.1). */
export function planRequest({ attempt, der, validators, userAgent }: RequestInput): HttpRequest {
  const { responder, form, caches } = attempt;
  const headers = { Accept: RESPONSE_TYPE, 'User-Agent': userAgent };
  if (form.method === 'post') {
    const type = { 'Content-Type': REQUEST_TYPE };
    return { method: 'POST', url: responder.href, headers: { ...headers, ...type }, body: der };
  }
  // RFC 9919 §7.2: caches are bypassed only after a response that one of them may have kept too long.
  const further = caches === 'bypassed' ? { 'Cache-Control': 'no-cache' } : conditions(validators);
  return { method: 'GET', url: urlForGet(responder, der), headers: { ...headers, ...further } };
}

/** Makes the header of a conditional GET. If there is an entity tag, the time is not needed (RFC 9110 §13.1.3). */
function conditions({ etag, lastModified }: Validators = {}): Record<string, string> {
  if (etag !== undefined) return { 'If-None-Match': etag };
  return lastModified === undefined ? {} : { 'If-Modified-Since': lastModified };
}

/**
 * Reports whether the settings allow to ask a responder in this form. GET is possible if the whole URL is short enough,
 * so that caches can help (RFC 9919 §6). With `http.method: get` the length does not matter. A responder URL with a query
 * has no GET form and always gets a POST.
 */
export function isPossible(
  { method, hash }: RequestForm,
  responder: URL,
  settings: Pick<HttpSettings, 'method' | 'hash'>,
  requestBy: (hash: RequestForm['hash']) => Uint8Array,
): boolean {
  if (settings.hash !== 'auto' && settings.hash !== hash) return false;
  const hasGet = responder.search === '' && settings.method !== 'post';
  if (method === 'post') return settings.method !== 'get' || !hasGet;
  if (!hasGet) return false;
  return settings.method === 'get' || urlForGet(responder, requestBy(hash)).length <= LIMITS.getUrlLength;
}

/** Makes the URL of a GET: exactly one slash before the base64, whose `+`, `/` and `=` are escaped. */
function urlForGet(responder: URL, der: Uint8Array): string {
  const base = withoutTrailing(responder.origin + responder.pathname, '/');
  return `${base}/${encodeURIComponent(Buffer.from(der).toString('base64'))}`;
}
