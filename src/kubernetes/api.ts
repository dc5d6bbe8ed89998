import { join } from 'node:path';
import type { KubernetesSettings } from '../configuration/model.js';
import type { Http, HttpRequest } from '../http/types.js';
import type { Stop, System } from '../system/system.js';
import { toOcspbotError } from '../util/errors.js';
import { parseRecord } from '../util/json.js';
import { DEFAULTS, LIMITS } from '../util/limits.js';
import { SECOND } from '../util/time.js';
import { readToken, serverUrl } from './account.js';
import { redact } from './redact.js';
import { notFromApi, notReached } from './refusal.js';
import { type ApiAnswer, type ApiRequest, EVERYWHERE } from './request.js';

/** The API server, as the service account of the pod reaches it. */
export interface Api {
  /** Sends a request, again if the failure may be temporary. An answer of status 200 has the kind that was asked for. */
  send(request: ApiRequest): Promise<ApiAnswer>;
  close(): Promise<void>;
}

type Means = Pick<System, 'files' | 'environment' | 'openHttp' | 'sleep'>;

/** Opens the API server that the environment of the pod names. Throws `configuration-unreadable` outside of a pod. */
export async function openApi(
  { serviceAccount }: KubernetesSettings,
  system: Means,
  stop: Stop,
): Promise<Api> {
  const server = serverUrl(system);
  const caFile = join(serviceAccount, 'ca.crt');
  const open = () => system.openHttp({ connectionsPerHost: 4, caFile, stop: stop.signal });
  let http = await open();
  const opened = [http];
  const attempt = async (request: ApiRequest): Promise<Attempt> => {
    try {
      const token = readToken(serviceAccount, system);
      const attempted = await exchange(http, { server, request, token });
      // The token that was sent may have been replaced in the meantime.
      const isOutdated = attempted.answer.status === 401 && readToken(serviceAccount, system) !== token;
      return isOutdated ? { ...attempted, retryAfter: 0 } : attempted;
    } catch (thrown) {
      const error = toOcspbotError(thrown);
      if (error.code === 'tls-failure') {
        // The CA file may have been replaced, too.
        http = await open();
        opened.push(http);
      }
      return { error, retryAfter: TEMPORARY_ERRORS.has(error.code) ? 'soon' : 'never' };
    }
  };
  return {
    async send(request) {
      for (let number = 1; ; number += 1) {
        const { retryAfter, ...attempted } = await attempt(request);
        if (retryAfter !== 'never' && number < TRIES) {
          const pause = retryAfter === 'soon' ? LIMITS.firstPause * 2 ** (number - 1) : retryAfter;
          await system.sleep(pause, stop.signal);
        } else if ('error' in attempted) throw attempted.error;
        else return attempted.answer;
      }
    },
    close: async () => void (await Promise.all(opened.map((one) => one.close()))),
  };
}

/** Tries of a request whose failure may be temporary. */
const TRIES = 4;
/** The longest pause that the server may ask for. */
const LONGEST_PAUSE = 30 * SECOND;
const TEMPORARY: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);
const TEMPORARY_ERRORS: ReadonlySet<string> = new Set([
  'connection-failed',
  'dns-failure',
  'timeout',
  'tls-failure',
]);

/** A pause in milliseconds before the next try; `soon` if the server names none. */
type RetryAfter = number | 'soon' | 'never';

type Attempt = { readonly retryAfter: RetryAfter } & (
  { readonly answer: ApiAnswer } | { readonly error: Error }
);

interface Exchange {
  readonly server: string;
  readonly request: ApiRequest;
  readonly token: string;
}

async function exchange(
  http: Http,
  { server, request, token }: Exchange,
): Promise<Extract<Attempt, { readonly answer: ApiAnswer }>> {
  const { timeout, connectTimeout } = DEFAULTS.http;
  const limits = { timeout, connectTimeout, maxBody: LIMITS.kubernetesAnswer };
  const { status, headers, body } = await http
    .exchange(toHttp(server, request, token), limits)
    .catch((error: unknown) => Promise.reject(notReached(toOcspbotError(error))));
  redact(body);
  const record = parseRecord(body);
  const kind = request.verb === 'list' ? 'SecretList' : 'Secret';
  if (status === 200 && record?.['kind'] !== kind) throw notFromApi(request, `is no ${kind}`);
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
