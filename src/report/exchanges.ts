import { LIMITS } from '../defaults.js';
import type { Times } from '../system/interfaces/http.js';
import { shownUrl } from '../text/printable.js';
import { SECOND, type Duration } from '../time/duration.js';
import type { Exchange } from '../transport/recording.js';

/** For people who look for a fault: how each question went the last time it was asked, and how to ask it by hand. */
export function diagnosis(exchanges: readonly Exchange[]): string[] {
  const last = new Map(exchanges.map((exchange) => [exchange.curl, exchange]));
  return [...last.values()]
    .slice(-LIMITS.exchangesShown)
    .flatMap((exchange) => [`asked: ${course(exchange)}`, `again: ${exchange.curl}`]);
}

function course(exchange: Exchange): string {
  const { method, url, addresses, status, times } = exchange;
  const answer = status === undefined ? 'no answer' : `status ${status}`;
  const others = addresses.length > 1 ? ` of ${addresses.join(', ')}` : '';
  return `${method} ${shownUrl(url)}${whom(exchange)}${others}: ${answer} (${phases(times)})`;
}

function whom({ address, addresses, proxy }: Exchange): string {
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

export function exchangeToJson({
  method,
  url,
  address,
  addresses,
  proxy,
  status,
  times,
  curl,
}: Exchange): object {
  const { dns, connect, tls, firstByte, total } = times;
  return {
    method,
    url,
    status,
    address,
    addresses,
    proxy,
    dns_ms: rounded(dns),
    connect_ms: rounded(connect),
    tls_ms: rounded(tls),
    first_byte_ms: rounded(firstByte),
    total_ms: rounded(total),
    curl,
  };
}

function rounded(time: Duration | undefined): number | undefined {
  return time === undefined ? undefined : Math.round(time * 10) / 10;
}
