import { addressOctets, isInNetwork, parseNetwork } from './address.js';

/**
 * Whether a list like that of `no_proxy` has a place that is to be reached without a proxy: `*`, a domain with all
 * below it (with or without a dot before it), an address or a network of addresses; all with or without a port.
 */
export function isExempt({ hostname, port, protocol }: URL, list: readonly string[]): boolean {
  const host = withoutBrackets(hostname).replace(/\.$/, '');
  const portOfUrl = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return list
    .flatMap((item) => item.split(/[\s,]+/))
    .some((item) => {
      const { place, port: onlyPort } = splitPort(item.toLowerCase());
      return (onlyPort === undefined || onlyPort === portOfUrl) && isAt(host, place);
    });
}

function isAt(host: string, place: string): boolean {
  if (place === '*') return true;
  const address = addressOctets(host);
  const network = parseNetwork(place);
  if (address !== undefined && network !== undefined) return isInNetwork(address, network);
  const domain = place.replace(/^\*?\./, '').replace(/\.$/, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

/** An IPv6 address has colons of its own: with a port it is in brackets. */
function splitPort(item: string): { place: string; port: string | undefined } {
  const [, place, port] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(item) ?? [];
  return { place: withoutBrackets(place ?? item), port };
}

function withoutBrackets(text: string): string {
  return text.replace(/^\[(.*)\]$/, '$1');
}
