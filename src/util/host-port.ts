import { domainToASCII } from 'node:url';

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Returns the name for SNI, in ASCII (RFC 5890) and without a final dot (RFC 6066 §3); empty for an invalid name. */
export function toServerName(name: string): string {
  return domainToASCII(name.replace(/\.$/, ''));
}

/** Returns the name for SNI of a host; undefined for an address. */
export function serverNameOf(host: string): string | undefined {
  return isAddress(host) ? undefined : toServerName(host);
}

/** Matches what parseHostPort reads, in a JSON Schema. */
export const HOST_PORT_PATTERN =
  '(?:\\[[0-9A-Fa-f:.]+\\]|[^\\s:/\\[\\]@]+):(?!0+$)(?:[0-5]?\\d{1,4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])';

/** Reads `HOST:PORT`, with an IPv6 address in brackets; undefined for anything else. */
export function parseHostPort(text: string): HostPort | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/[\]@]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}

/** Removes the brackets that a URL has around an IPv6 address. */
export function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Returns the port of a URL of http or https. */
export function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

/** Returns host and port of a URL of http or https, as in messages. */
export function hostPortOf(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Matches what isAddress takes for an address, in a JSON Schema. */
export const ADDRESS_PATTERN = '.*:|\\d+(?:\\.\\d+){3}$';

/** Reports whether the host is an IP address and not a name. */
export function isAddress(host: string): boolean {
  return host.includes(':') || /^\d+(?:\.\d+){3}$/.test(host);
}
