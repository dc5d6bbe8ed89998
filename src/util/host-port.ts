import { domainToASCII } from 'node:url';

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** What TLS is asked for: in ASCII (RFC 5890), without a dot at its end (RFC 6066 §3). Empty where it is no name. */
export function toServerName(name: string): string {
  return domainToASCII(name.replace(/\.$/, ''));
}

/** The same for a host; undefined for an address. */
export function serverNameOf(host: string): string | undefined {
  return isAddress(host) ? undefined : toServerName(host);
}

/** `HOST:PORT`, with an IPv6 address in brackets; undefined for all else. */
export function parseHostPort(text: string): HostPort | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/[\]@]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}

export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** An IP address, and no name. */
export function isAddress(host: string): boolean {
  return host.includes(':') || /^\d+(?:\.\d+){3}$/.test(host);
}
