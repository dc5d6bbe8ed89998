import { type Argv, EXIT_BITS, type ExitBit } from '../configuration/model.js';
import type { TlsServer } from '../system/system.js';
import { formatHostPort } from '../util/host-port.js';
import { LIMITS } from '../util/limits.js';
import { type ServerFindings, type ServerKind, UNITS, type Use } from './model.js';
import type { PlannedEntry } from './plan.js';

/** A service of the configuration, named like the unit that systemd runs. */
export interface PlannedService {
  readonly server: ServerKind;
  readonly name: string;
  readonly exitBit: ExitBit;
  readonly test: Argv | undefined;
  readonly reload: Argv;
  readonly live: readonly TlsServer[];
  /** Certificates that could be looked at, too. */
  readonly furtherLive: number;
  readonly runtimeSocket: string | undefined;
}

/** Plans a service for each server that uses an entry. The fifth one shares the bit of the fourth. */
export function planServices(
  entries: readonly PlannedEntry[],
  servers: readonly ServerFindings[],
  programOf: (name: string) => string,
): PlannedService[] {
  const kinds = [...new Set(servers.map(({ server }) => server))].filter((kind) =>
    entries.some(({ uses }) => uses.some(({ server }) => server === kind)),
  );
  return kinds.map((server, index) => {
    const findings = servers.filter((one) => one.server === server);
    const live = liveServers(entries, server);
    return {
      server,
      name: UNITS[server],
      exitBit: EXIT_BITS[Math.min(index, EXIT_BITS.length - 1)] as ExitBit,
      test: testOf(server, findings[0], programOf),
      reload: ['systemctl', 'reload', UNITS[server]],
      live: live.slice(0, LIMITS.liveServers),
      furtherLive: Math.max(0, live.length - LIMITS.liveServers),
      runtimeSocket: findings.find(({ runtimeSocket }) => runtimeSocket !== undefined)?.runtimeSocket,
    };
  });
}

function liveServers(entries: readonly PlannedEntry[], kind: ServerKind): TlsServer[] {
  const servers = new Map<string, TlsServer>();
  for (const entry of entries) {
    const live = liveServerOf(entry, kind);
    if (live !== undefined) servers.set(`${formatHostPort(live)} ${live.servername}`, live);
  }
  return [...servers.values()];
}

/** A server to look at after a reload; undefined if none is known that would show the response. */
function liveServerOf({ uses, certificate }: PlannedEntry, kind: ServerKind): TlsServer | undefined {
  const use = uses.find(({ server, obstacle }) => server === kind && obstacle === undefined);
  const [listener] = use?.listeners ?? [];
  if (listener === undefined) return undefined;
  const { names } = certificate;
  const concrete = [
    ...(use?.names ?? []).filter((name) => names.includes(name)),
    ...names,
    ...(use?.names ?? []),
  ];
  // Any name is one of a wildcard's: without a name the server would show its default certificate.
  const wildcard = names.find((name) => name.startsWith('*.'))?.replace('*', 'ocspbot');
  const servername = concrete.find((name) => isHostName(name)) ?? wildcard;
  return { ...listener, servername };
}

function isHostName(name: string): boolean {
  return /^[\w-]+(?:\.[\w-]+)+$/.test(name) && !/^[\d.]+$/.test(name);
}

/** The main files that the programs read by themselves. */
const USUAL: Readonly<Partial<Record<ServerKind, string>>> = { nginx: '/etc/nginx/nginx.conf' };

function testOf(
  server: ServerKind,
  { file = '', further = [] }: Partial<ServerFindings> = {},
  programOf: (name: string) => string,
): Argv | undefined {
  switch (server) {
    case 'nginx':
      return file === USUAL.nginx || file === ''
        ? [programOf('nginx'), '-t']
        : [programOf('nginx'), '-t', '-c', file];
    case 'haproxy':
      return [programOf('haproxy'), '-c', ...[file, ...further].flatMap((path) => ['-f', path])];
    case 'lighttpd':
      return [programOf('lighttpd'), '-tt', '-f', file];
    case 'hitch':
      return [programOf('hitch'), '--test', '--config', file];
    case 'exim':
    case 'apache':
    case 'dovecot':
      return undefined;
  }
}

/** Returns the services of a certificate, one for each server that uses it. */
export function serviceNames(uses: readonly Use[]): string[] {
  return [...new Set(uses.map(({ server }) => UNITS[server]))];
}
