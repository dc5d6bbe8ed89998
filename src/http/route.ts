import { OcspbotError } from '../util/errors.js';
import { mayLead, scopeOf } from './address-scope.js';
import { type ProxyServer, proxyUrl } from './proxy.js';
import type { HttpOptions, HttpRequest, Peer } from './types.js';

/** Where a connection is to lead, and by which way. */
export interface Route {
  readonly scheme: 'http' | 'https';
  /** A name or an address, without brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly proxy: ProxyServer | undefined;
  /** As in HttpRequest. */
  readonly redirectedBy: string | undefined;
}

/** Throws `proxy-failure`, and `redirect-refused` for an address behind a proxy: other names it looks up itself. */
export function routeOf({ url, redirectedBy }: HttpRequest, { proxyFor }: HttpOptions): Route {
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol === 'https:' ? 'https' : 'http';
  const route: Route = {
    scheme,
    hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (scheme === 'https' ? 443 : 80) : Number(port),
    proxy: proxyFor?.(new URL(url)),
    redirectedBy,
  };
  if (route.proxy !== undefined && !isAllowed(route, route.hostname)) throw tooNear(route, []);
  return route;
}

/** Routes with the same key may share connections. One that a redirect has not been checked for is none of its. */
export function keyOf({ scheme, hostname, port, proxy, redirectedBy }: Route): string {
  const by = proxy === undefined ? '' : proxyUrl(proxy);
  return [scheme, hostname, port, by, redirectedBy ?? ''].join(' ');
}

/** Whether an address, or a name that stands for itself, is far enough away. */
export function isAllowed({ redirectedBy }: Route, host: string): boolean {
  return redirectedBy === undefined || mayLead(redirectedBy, host);
}

/** `addresses`: what the name was looked up to. */
export function tooNear({ hostname, redirectedBy }: Route, addresses: readonly string[]): OcspbotError {
  const others = addresses.filter((address) => address !== hostname);
  const shown = others.length === 0 ? hostname : `${hostname} (${others.join(', ')})`;
  const nearness = scopeOf(addresses[0] ?? hostname);
  const message = `${shown} is a ${nearness} address, where ${redirectedBy} may not lead`;
  return new OcspbotError('redirect-refused', message, {
    hint: 'set ocsp_responder_uri to the URL of the responder, if it really is in your own network',
  });
}

/** What a URL does not say of it, to stand behind the URL: ` at 192.0.2.7`, ` through the proxy http://a:3128`. */
export function shownPeer(url: string, { address, proxy }: Peer): string {
  if (proxy !== undefined) return ` through the proxy ${proxy}`;
  const isSaid = address === undefined || new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') === address;
  return isSaid ? '' : ` at ${address}`;
}
