import type { Http, HttpRequest, Trace } from '../system/interfaces/http.js';
import type { ProxyFor } from '../network/proxies.js';
import { curlLine } from './curl.js';

/** A request and how it went, for people who look for a fault. */
export interface Exchange extends Trace, Pick<HttpRequest, 'method' | 'url'> {
  /** A line for a shell that sends the same request. */
  readonly curl: string;
}

/** How responders are reached. */
export interface Ways {
  readonly proxyFor: ProxyFor;
  readonly caFile: string | undefined;
}

/** The same client, whose every exchange is noted when it is over. */
export function recording(http: Http, { proxyFor, caFile }: Ways, note: (exchange: Exchange) => void): Http {
  return {
    exchange: (request, limits, observe) =>
      http.exchange(request, limits, (trace) => {
        observe?.(trace);
        const { method, url } = request;
        const proxy = trace.proxy === undefined ? undefined : proxyFor(new URL(url));
        note({
          ...trace,
          method,
          url,
          // Made for those who read it, who are few.
          get curl() {
            return curlLine(request, limits, { proxy, caFile });
          },
        });
      }),
    close: () => http.close(),
  };
}
