import { type ProxyFor, type ProxyServer, proxyUrl } from '../http/proxy.js';
import type { Http, HttpLimits, HttpRequest, Times, Trace } from '../http/types.js';
import { LIMITS } from '../util/limits.js';
import { shownCommand, shownUrl } from '../util/text.js';
import { type Duration, SECOND } from '../util/time.js';

/** A request to a responder. */
type OcspRequest = HttpRequest & { readonly method: 'GET' | 'POST' };

/** The trace of a request, for administrators who look for a fault. */
export interface Exchange extends Trace, Pick<OcspRequest, 'method' | 'url'> {
  /** Makes the shell command that sends the same request. It is rarely asked for. */
  readonly curl: () => string;
}

/** The proxy and trust settings of connections. */
export interface ConnectionSettings {
  readonly proxyFor: ProxyFor;
  readonly caFile: string | undefined;
}

/** Wraps a client so that `report` is called after every exchange. */
export function withTrace(
  http: Http,
  { proxyFor, caFile }: ConnectionSettings,
  report: (exchange: Exchange) => void,
): Http {
  return {
    exchange: (request: OcspRequest, limits, observe) =>
      http.exchange(request, limits, (trace) => {
        observe?.(trace);
        const { method, url } = request;
        const proxy = trace.proxy === undefined ? undefined : proxyFor(new URL(url));
        report({ method, url, curl: () => curlLine(request, limits, { proxy, caFile }), ...trace });
      }),
    close: () => http.close(),
  };
}

export interface CurlSettings {
  readonly proxy: ProxyServer | undefined;
  readonly caFile: string | undefined;
}

/** Makes the shell command that sends the same request in the same way. It has USER:PASSWORD for a proxy's credentials. */
export function curlLine(request: HttpRequest, limits: HttpLimits, settings: CurlSettings): string {
  const { url, headers, body } = request;
  const line = shownCommand([
    'curl',
    '-v',
    ...['-o', 'answer.der'],
    '-g',
    ...['-m', String(Math.ceil(limits.timeout / SECOND))],
    ...connectionOptions(settings),
    ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
    ...(body === undefined ? [] : ['--data-binary', '@-']),
    url,
  ]);
  if (body === undefined) return line;
  return `printf %s ${shownCommand([Buffer.from(body).toString('base64')])} | base64 -d | ${line}`;
}

function connectionOptions({ proxy, caFile }: CurlSettings): string[] {
  const trust = caFile === undefined ? [] : ['--cacert', caFile];
  // The proxy settings in the environment of the shell must not matter.
  if (proxy === undefined) return ['--noproxy', '*', ...trust];
  const credentials = proxy.authorization === undefined ? [] : ['-U', 'USER:PASSWORD'];
  const proxyTrust = caFile === undefined || proxy.scheme === 'http' ? [] : ['--proxy-cacert', caFile];
  return ['--noproxy', '', '-x', proxyUrl(proxy), ...credentials, ...trust, ...proxyTrust];
}

/** Describes the last exchange of each request, with the curl command that repeats it. */
export function diagnosis(exchanges: readonly Exchange[]): string[] {
  const last = new Map(exchanges.map((exchange) => [exchange.curl(), exchange]));
  return [...last]
    .slice(-LIMITS.exchangesShown)
    .flatMap(([curl, exchange]) => [`asked: ${exchangeLine(exchange)}`, `again: ${curl}`]);
}

function exchangeLine(exchange: Exchange): string {
  const { method, url, addresses, status, times } = exchange;
  const answer = status === undefined ? 'no answer' : `status ${status}`;
  const others = addresses.length > 1 ? ` of ${addresses.join(', ')}` : '';
  return `${method} ${shownUrl(url)}${shownRoute(exchange)}${others}: ${answer} (${phases(times)})`;
}

function shownRoute({ address, addresses, proxy }: Exchange): string {
  const way = proxy === undefined ? '' : ` through ${proxy}`;
  const to = address ?? (addresses.length === 1 ? addresses[0] : undefined);
  return to === undefined ? way : `${way} at ${to}`;
}

function phases({ dns, connect, tls, firstByte, total }: Times): string {
  const all = { dns, connect, tls, 'first byte': firstByte, total };
  return Object.entries(all)
    .flatMap(([name, time]) => (time === undefined ? [] : [`${name} ${shown(time)}`]))
    .join(', ');
}

function shown(time: Duration): string {
  if (time >= SECOND) return `${(time / SECOND).toFixed(1)} s`;
  return `${time < 10 ? time.toFixed(1) : Math.round(time)} ms`;
}

export function exchangeToJson({ method, url, address, addresses, proxy, status, times, curl }: Exchange) {
  const { dns, connect, tls, firstByte, total } = times;
  return {
    method,
    url,
    status,
    address,
    addresses,
    proxy,
    dns_ms: dns && rounded(dns),
    connect_ms: connect && rounded(connect),
    tls_ms: tls && rounded(tls),
    first_byte_ms: firstByte && rounded(firstByte),
    total_ms: rounded(total),
    curl: curl(),
  };
}

function rounded(time: Duration): number {
  return Math.round(time * 10) / 10;
}
