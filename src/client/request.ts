import type { HttpSettings } from '../configuration/model.js';
import type { HttpRequest } from '../http/types.js';
import { LIMITS } from '../util/limits.js';
import type { Attempt, RequestForm } from './attempt.js';

export const REQUEST_TYPE = 'application/ocsp-request';
export const RESPONSE_TYPE = 'application/ocsp-response';

export interface Question {
  readonly attempt: Pick<Attempt, 'responder' | 'form' | 'caches'>;
  /** DER of an OCSPRequest. */
  readonly der: Uint8Array;
  /** What a GET need not bring again. */
  readonly unless: Validators | undefined;
  readonly userAgent: string;
}

/** By what a response that is at hand already is known to the responder (RFC 9110 §8.8). */
export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

/** OCSP over HTTP (RFC 6960 App. A.1). */
export function planRequest({ attempt, der, unless, userAgent }: Question): HttpRequest {
  const { responder, form, caches } = attempt;
  const headers = { Accept: RESPONSE_TYPE, 'User-Agent': userAgent };
  if (form.method === 'post') {
    const type = { 'Content-Type': REQUEST_TYPE };
    return { method: 'POST', url: responder.href, headers: { ...headers, ...type }, body: der };
  }
  // RFC 9919 §7.2: only after a response that a cache may have kept too long
  const further = caches === 'bypassed' ? { 'Cache-Control': 'no-cache' } : conditions(unless);
  return { method: 'GET', url: urlForGet(responder, der), headers: { ...headers, ...further } };
}

/** RFC 9110 §13.1.3: a time is of no use beside an entity tag. */
function conditions({ etag, lastModified }: Validators = {}): Record<string, string> {
  if (etag !== undefined) return { 'If-None-Match': etag };
  return lastModified === undefined ? {} : { 'If-Modified-Since': lastModified };
}

/**
 * Whether a responder can be asked in this form, by these settings. GET where the whole URL is short enough, so that
 * caches can help (RFC 9919 §6), else POST. An explicit `get` makes no difference by length. A URL with a query has no
 * form for GET: it is always POSTed to.
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

/** Exactly one slash at the join, and no `+`, `/`, `=` of base64 left bare. */
function urlForGet(responder: URL, der: Uint8Array): string {
  const base = (responder.origin + responder.pathname).replace(/\/+$/, '');
  return `${base}/${encodeURIComponent(Buffer.from(der).toString('base64'))}`;
}
