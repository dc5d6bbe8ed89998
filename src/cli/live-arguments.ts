import { isAddress, parseHostPort, serverNameOf, toServerName } from '../util/host-port.js';
import type { LiveCommand } from './command.js';
import { text, usage, type Values } from './values.js';

/** Reads the arguments of `live`. @throws OcspbotError `usage` */
export function readLiveArguments(
  address: string | undefined,
  file: string | undefined,
  values: Values,
): Omit<LiveCommand, 'output'> {
  const [servername, starttls] = [text(values, 'servername'), text(values, 'starttls')];
  if (starttls !== undefined && starttls !== 'smtp')
    throw usage(`--starttls ${starttls}: only smtp is known`);
  if (address === undefined && (servername ?? starttls) !== undefined)
    throw usage('--servername and --starttls are for the HOST:PORT of the command line');
  if (servername !== undefined && isAddress(servername))
    throw usage(`--servername ${servername}: an address is not a name; without it none is asked for`);
  const common = { kind: 'live', file, now: text(values, 'now') } as const;
  if (address === undefined) return { ...common, server: undefined };
  const peer = parseHostPort(address);
  if (peer === undefined) throw usage(`"${address}" is not HOST:PORT, like example.com:443`);
  const name = servername === undefined ? serverNameOf(peer.host) : toServerName(servername);
  if (name === '') throw usage(`"${servername ?? peer.host}" is not a host name`);
  return { ...common, server: { ...peer, servername: name, starttls } };
}
