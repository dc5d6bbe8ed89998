import { basicAuthorization, chooseProxies } from '../http/proxy.js';
import type { Http, HttpRequest } from '../http/types.js';
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
      try {
        const { status } = await (await open()).exchange(requestTo(url, document), limits);
        return status >= 200 && status < 300 ? undefined : `it answered with status ${status}`;
      } catch (error) {
        return describe(error);
      }
    },
    close: async () => await (await opened)?.close(),
  };
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
