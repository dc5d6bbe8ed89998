import { OcspbotError } from '../util/errors.js';
import { portOf, withoutBrackets } from '../util/host-port.js';
import { mayRedirect, scopeOf } from './address-scope.js';
import { type ProxyServer, proxyUrl } from './proxy.js';
import type { HttpOptions, HttpRequest, Peer } from './types.js';

/** The destination of a connection, and the proxy that leads there. */
export interface Route {
  readonly scheme: 'http' | 'https';
  /** A name or an address, without brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly proxy: ProxyServer | undefined;
  /** As in HttpRequest. */
  readonly redirectedBy: string | undefined;
}

/**
 * Determines the route of a request. Throws `proxy-failure`, and `redirect-refused` if a redirect leads through a proxy
 * to an address of too narrow a scope. The proxy looks up names itself, so their addresses cannot be checked.
 */
export function routeOf({ url, redirectedBy }: HttpRequest, { proxyFor }: HttpOptions): Route {
  const destination = new URL(url);
  const route: Route = {
    scheme: destination.protocol === 'https:' ? 'https' : 'http',
    hostname: withoutBrackets(destination.hostname),
    port: portOf(destination),
    proxy: proxyFor?.(destination),
    redirectedBy,
  };
  if (route.proxy !== undefined && !isAllowed(route, route.hostname)) throw redirectRefused(route, []);
  return route;
}

/** Returns the key of a route. Routes share connections if they have the same key, and so passed the same checks. */
export function keyOf({ scheme, hostname, port, proxy, redirectedBy }: Route): string {
  const by = proxy === undefined ? '' : proxyUrl(proxy);
  return [scheme, hostname, port, by, redirectedBy ?? ''].join(' ');
}

/** Reports whether the redirect that led here may lead to this address or name. */
export function isAllowed({ redirectedBy }: Route, host: string): boolean {
  return redirectedBy === undefined || mayRedirect(redirectedBy, host);
}

/** Makes the error for a redirect to an address of too narrow a scope. `addresses`: those of the name. */
export function redirectRefused(
  { hostname, redirectedBy }: Route,
  addresses: readonly string[],
): OcspbotError {
  const others = addresses.filter((address) => address !== hostname);
  const shown = others.length === 0 ? hostname : `${hostname} (${others.join(', ')})`;
  const scope = scopeOf(addresses[0] ?? hostname);
  const message = `${shown} is a ${scope} address, where ${redirectedBy} may not lead`;
  return new OcspbotError('redirect-refused', message, {
    hint: 'set ocsp_responder_uri to the URL of the responder, if it really is in your own network',
  });
}

/**
 * Returns what a URL does not tell about the peer, to follow it: ` at 192.0.2.7`, ` through the proxy http://a:3128`.
 */
export function shownPeer(url: string, { address, proxy }: Peer): string {
  if (proxy !== undefined) return ` through the proxy ${proxy}`;
  const isSaid = address === undefined || withoutBrackets(new URL(url).hostname) === address;
  return isSaid ? '' : ` at ${address}`;
}
