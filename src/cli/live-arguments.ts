import { isAddress, parseHostPort } from '../text/host-port.js';
import type { LiveCommand } from './command.js';
import { usage, type Values } from './usage.js';
import { readNow } from './verify-arguments.js';

export const LIVE_OPTIONS = {
  config: { type: 'string' },
  servername: { type: 'string' },
  starttls: { type: 'string' },
  now: { type: 'string' },
} as const;

/** Throws `usage`. */
export function readLiveArguments(address: string | undefined, values: Values): Omit<LiveCommand, 'output'> {
  const text = (name: string) => values[name] as string | undefined;
  const [servername, starttls] = [text('servername'), text('starttls')];
  if (starttls !== undefined && starttls !== 'smtp')
    throw usage(`--starttls ${starttls}: only smtp is known`);
  if (address === undefined && (servername ?? starttls) !== undefined)
    throw usage('--servername and --starttls are for the HOST:PORT of the command line');
  if (servername !== undefined && isAddress(servername))
    throw usage(`--servername ${servername}: an address is no name; without it none is asked for`);
  const common = { kind: 'live', file: text('config'), now: readNow(text('now')) } as const;
  if (address === undefined) return { ...common, server: undefined };
  const peer = parseHostPort(address);
  if (peer === undefined) throw usage(`"${address}" is not HOST:PORT, like example.com:443`);
  const name = servername ?? (isAddress(peer.host) ? undefined : peer.host);
  return { ...common, server: { ...peer, servername: name, starttls } };
}
