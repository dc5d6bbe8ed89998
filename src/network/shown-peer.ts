import type { Peer } from '../system/interfaces/http.js';

/** What a URL does not say of it, to stand behind the URL: ` at 192.0.2.7`, ` through the proxy http://a:3128`. */
export function shownPeer(url: string, { address, proxy }: Peer): string {
  if (proxy !== undefined) return ` through the proxy ${proxy}`;
  const isSaid = address === undefined || new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') === address;
  return isSaid ? '' : ` at ${address}`;
}
