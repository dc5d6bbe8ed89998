import { isMap } from 'yaml';
import type { SocketAddress, TlsServer } from '../../system/interfaces/servers.js';
import { isAddress, parseHostPort, serverNameOf, toServerName, type HostPort } from '../../text/host-port.js';
import { quote } from '../../text/visible.js';
import { report, type Kind, type Located, type Value } from './kind.js';
import { text } from './text.js';

const HOST_PORT = 'HOST:PORT';

export const hostPort: Kind<HostPort> = {
  expected: HOST_PORT,
  read(value) {
    const written = text(this.expected).read(value);
    if (written === undefined) return undefined;
    return parseHostPort(written) ?? mistaken(value, this.expected, written);
  },
};

/** What TLS servers are asked for (RFC 6066 §3). */
export const serverName: Kind<string> = {
  expected: 'a host name',
  read(value) {
    const written = text(this.expected).read(value);
    return written !== undefined && isAddress(written) ? mistaken(value, this.expected, written) : written;
  },
};

/** The path of a unix socket, or HOST:PORT. A relative path is left as it is written. */
export const socketAddress: Kind<SocketAddress> = {
  expected: `the path of a socket or ${HOST_PORT}`,
  read(value) {
    const written = text(this.expected).read(value);
    if (written === undefined) return undefined;
    const peer = parseHostPort(written);
    if (peer !== undefined) return { kind: 'tcp', ...peer };
    return written.includes('/') ? { kind: 'unix', path: written } : mistaken(value, this.expected, written);
  },
};

/** A TLS server in the form of a mapping. */
export interface LiveSection {
  readonly address?: Located<HostPort>;
  readonly servername?: Located<string>;
  readonly starttls?: Located<'smtp'>;
}

/** HOST:PORT, or a mapping that says more. */
export function tlsServer(mapping: Kind<LiveSection>): Kind<TlsServer> {
  const read = (value: Value): TlsServer | undefined => {
    if (!isMap(value.node)) return serverAt(hostPort.read(value), {});
    const section = mapping.read(value) ?? {};
    return serverAt(section.address?.value, section);
  };
  return { expected: `${HOST_PORT}, or a mapping with "address"`, read };
}

function serverAt(
  address: HostPort | undefined,
  { servername, starttls }: LiveSection,
): TlsServer | undefined {
  if (address === undefined) return undefined;
  const name = servername === undefined ? serverNameOf(address.host) : toServerName(servername.value);
  return { ...address, servername: name, starttls: starttls?.value };
}

function mistaken(value: Value, expected: string, written: string): undefined {
  return report(
    value,
    `${value.label} must be ${expected}, but is ${quote(written)}`,
    `write for example: ${value.example}`,
  );
}
