import { join } from 'node:path';
import type { KubernetesSettings } from '../configuration/model.js';
import type { Stop, System } from '../system/system.js';
import { toOcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import type { Duration } from '../util/time.js';
import { readToken, serverUrl } from './account.js';
import { type Answered, exchange, type RetryAfter } from './exchange.js';
import type { ApiAnswer, ApiRequest } from './request.js';

/** The API server, as the service account of the pod reaches it. */
export interface Api {
  /** Sends a request, again if the failure may be temporary. An answer of status 200 has the kind that was asked for. */
  send(request: ApiRequest): Promise<ApiAnswer>;
  close(): Promise<void>;
}

type ApiSystem = Pick<System, 'files' | 'environment' | 'openHttp' | 'sleep'>;

/** Opens the API server that the environment of the pod names. Throws `configuration-unreadable` outside of a pod. */
export async function openApi(
  { serviceAccount }: KubernetesSettings,
  system: ApiSystem,
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
  const pause = (duration: Duration) => system.sleep(duration, stop.signal);
  return {
    send: (request) => persist(() => attempt(request), pause),
    close: async () => void (await Promise.all(opened.map((one) => one.close()))),
  };
}

/** Tries of a request whose failure may be temporary. */
const TRIES = 4;
const TEMPORARY_ERRORS: ReadonlySet<string> = new Set([
  'connection-failed',
  'dns-failure',
  'timeout',
  'tls-failure',
]);

type Attempt = Answered | { readonly error: Error; readonly retryAfter: RetryAfter };

/** Repeats an attempt while its failure may be temporary. */
async function persist(
  attempt: () => Promise<Attempt>,
  pause: (duration: Duration) => Promise<void>,
): Promise<ApiAnswer> {
  for (let number = 1; ; number += 1) {
    const attempted = await attempt();
    const { retryAfter } = attempted;
    if (retryAfter !== 'never' && number < TRIES)
      await pause(retryAfter === 'soon' ? LIMITS.firstPause * 2 ** (number - 1) : retryAfter);
    else if ('error' in attempted) throw attempted.error;
    else return attempted.answer;
  }
}
