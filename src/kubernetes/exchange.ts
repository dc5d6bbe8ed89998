import type { Http, HttpRequest } from '../http/types.js';
import { toOcspbotError } from '../util/errors.js';
import { parseRecord } from '../util/json.js';
import { DEFAULTS, LIMITS } from '../util/limits.js';
import { SECOND } from '../util/time.js';
import { redact } from './redact.js';
import { notFromApi, notReached } from './refusal.js';
import { type ApiAnswer, type ApiRequest, EVERYWHERE } from './request.js';

/** The longest pause that the server may ask for. */
const LONGEST_PAUSE = 30 * SECOND;
const TEMPORARY: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/** A pause in milliseconds before the next try; `soon` if the server names none. */
export type RetryAfter = number | 'soon' | 'never';

/** An answer, and when the request may be sent again. */
export interface Answered {
  readonly answer: ApiAnswer;
  readonly retryAfter: RetryAfter;
}

interface Exchange {
  readonly server: string;
  readonly request: ApiRequest;
  readonly token: string;
}

/** Sends a request once. Private keys in the answer are overwritten before anybody reads it. Throws OcspbotErrors. */
export async function exchange(http: Http, { server, request, token }: Exchange): Promise<Answered> {
  const { timeout, connectTimeout } = DEFAULTS.http;
  const limits = { timeout, connectTimeout, maxBody: LIMITS.kubernetesAnswer };
  const { status, headers, body } = await http
    .exchange(toHttp(server, request, token), limits)
    .catch((error: unknown) => Promise.reject(notReached(toOcspbotError(error))));
  redact(body);
  const record = parseRecord(body);
  const kind = request.verb === 'list' ? 'SecretList' : 'Secret';
  if (status === 200 && record?.['kind'] !== kind) throw notFromApi(request, `is not a ${kind}`);
  const retryAfter = TEMPORARY.has(status) ? readRetryAfter(headers['retry-after']) : 'never';
  return { answer: { status, body: record ?? {} }, retryAfter };
}

function toHttp(server: string, { verb, patch, ...place }: ApiRequest, token: string): HttpRequest {
  const headers = { Authorization: `Bearer ${token}`, Accept: 'application/json' };
  const url = server + pathOf(place);
  if (verb !== 'patch') return { method: 'GET', url, headers, isConfidential: true };
  return {
    method: 'PATCH',
    url,
    headers: { ...headers, 'Content-Type': 'application/merge-patch+json' },
    body: Buffer.from(JSON.stringify(patch)),
    isConfidential: true,
  };
}

function pathOf({ namespace, name, query = {} }: Omit<ApiRequest, 'verb' | 'patch'>): string {
  const folder = namespace === EVERYWHERE ? '' : `namespaces/${encodeURIComponent(namespace)}/`;
  const path = `/api/v1/${folder}secrets${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
  const parameters = new URLSearchParams(query).toString();
  return parameters === '' ? path : `${path}?${parameters}`;
}

function readRetryAfter(header: string | undefined): RetryAfter {
  return header !== undefined && /^\d{1,6}$/.test(header)
    ? Math.min(Number(header) * SECOND, LONGEST_PAUSE)
    : 'soon';
}
