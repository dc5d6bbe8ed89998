import { basicAuthorization, chooseProxies } from '../http/proxy.js';
import type { Http, HttpRequest, Trace } from '../http/types.js';
import type { HttpSettings } from '../configuration/model.js';
import type { System } from '../system/system.js';
import { describe } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import type { Duration } from '../util/time.js';
import { VERSION } from '../util/version.js';

/** A client for URLs that may be secrets: no text has more of them than the origin. */
export interface Webhooks {
  /** Sends a GET, or a POST with a JSON document. Returns what went wrong, in words. Never throws. */
  send(url: string, timeout: Duration, document?: string): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Opens the client, which is made for the first request. `stop` ends all requests. */
export function openWebhooks(
  settings: Pick<HttpSettings, 'proxy' | 'noProxy'>,
  stop: AbortSignal,
  { openHttp, environment }: Pick<System, 'openHttp' | 'environment'>,
): Webhooks {
  let opened: Promise<Http> | undefined;
  const proxyFor = chooseProxies(settings, environment);
  const open = () => (opened ??= openHttp({ connectionsPerHost: 1, proxyFor, stop }));
  return {
    send: async (url, timeout, document) => {
      const limits = { timeout, connectTimeout: timeout, maxBody: LIMITS.webhookAnswer };
      let status = 0;
      const observe = (trace: Trace) => {
        status = trace.status ?? 0;
      };
      try {
        await (await open()).exchange(requestTo(url, document), limits, observe);
      } catch (error) {
        // A server that says that it has the document has it, however its answer goes on.
        return isSuccess(status) ? undefined : describe(error);
      }
      return isSuccess(status) ? undefined : `it answered with status ${status}`;
    },
    close: async () => await (await opened)?.close(),
  };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Makes the request. A user and password of the URL become a header. */
function requestTo(text: string, document: string | undefined): HttpRequest {
  const url = new URL(text);
  const authorization = basicAuthorization(url);
  [url.username, url.password, url.hash] = ['', '', ''];
  const headers = {
    Accept: '*/*',
    'User-Agent': `ocspbot/${VERSION}`,
    ...(authorization !== undefined && { Authorization: authorization }),
  };
  const common = { url: url.href, isConfidential: true, isSecret: true } as const;
  if (document === undefined) return { ...common, method: 'GET', headers };
  const body = Buffer.from(document);
  return { ...common, method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body };
}

/** The part of a URL that messages show. */
export function originOf(url: string): string {
  return new URL(url).origin;
}
