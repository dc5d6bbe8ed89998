import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { TestContext } from 'vitest';
import { joinSockets } from '../../support/join-sockets.js';
import { requireProgram, requireRoot } from '../../support/require.js';
import { makeSandbox, type Sandbox } from '../../support/sandbox.js';

/** Addresses of the test network. Packets to the dead ones are never answered. */
export const ADDRESSES = {
  public: '198.51.100.7',
  metadata: '169.254.169.254',
  private: '10.0.0.7',
  dead: '203.0.113.9',
  dead6: '2001:db8:1::9',
} as const;

const HOSTS = `
127.0.0.1 localhost
${ADDRESSES.public} public.example
${ADDRESSES.metadata} metadata.example
${ADDRESSES.private} private.example
${ADDRESSES.public} mixed.example
${ADDRESSES.metadata} mixed.example
::1 refused6.example
127.0.0.1 refused6.example
${ADDRESSES.dead6} dead6.example
127.0.0.1 dead6.example
::1 dead4.example
${ADDRESSES.dead} dead4.example
${ADDRESSES.dead} dead.example
`;

/** A name server that does not answer. The resolver of the system gives up after two seconds. */
const RESOLV = 'nameserver 127.0.0.1\noptions timeout:2 attempts:1\n';

const SETUP = `
ip link set lo up
for address in ${ADDRESSES.public} ${ADDRESSES.metadata} ${ADDRESSES.private}; do ip address add $address/32 dev lo; done
ip link add far type veth peer name end
ip link set far up
ip link set end up
ip address add 192.0.2.1/32 dev far
ip -6 address add 2001:db8::1/128 dev far nodad
ip route add 203.0.113.0/24 dev far
ip -6 route add 2001:db8:1::/48 dev far
ip neighbour add ${ADDRESSES.dead} lladdr 02:00:00:00:00:09 dev far nud permanent
ip -6 neighbour add ${ADDRESSES.dead6} lladdr 02:00:00:00:00:09 dev far nud permanent
mount --bind "$1" /etc/hosts
mount --bind "$2" /etc/resolv.conf
exec "$3" "$4"
`;

/** A network namespace with names, public and private addresses, and addresses that never answer. */
export interface TestNetwork {
  /** Makes a server of this process reachable in the network. */
  publish(address: string, port: number, serverPort: number): Promise<void>;
  /** The beginning of a command line that runs in the network. */
  readonly prefix: readonly string[];
  close(): Promise<void>;
}

export function requireTestNetwork(context: Pick<TestContext, 'skip'>): void {
  requireRoot(context);
  requireProgram('ip', 'iproute2', context);
  requireProgram('unshare', 'util-linux', context);
}

/** Reports whether a test network can be made: the condition of `requireTestNetwork`, known before a test runs. */
export function canMakeTestNetwork(): boolean {
  return process.geteuid?.() === 0 && spawnSync('ip', ['-Version']).status === 0;
}

export async function openTestNetwork(): Promise<TestNetwork> {
  const sandbox = makeSandbox();
  const files = [sandbox.write('hosts', HOSTS), sandbox.write('resolv.conf', RESOLV)];
  const unshare = ['--net', '--mount', '--propagation', 'private', 'sh', '-ec', SETUP, 'sh', ...files];
  const child = spawn('unshare', [...unshare, process.execPath, await bundleRelay(sandbox)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const isThere = async (): Promise<void> => {
    if ((await lines.next()).done) throw new Error('the network is gone');
  };
  const closed = once(child, 'close');
  const forwarders = new Map<string, Server>();
  await isThere();
  return {
    prefix: ['nsenter', `--net=/proc/${child.pid}/ns/net`, `--mount=/proc/${child.pid}/ns/mnt`],
    publish: async (address, port, serverPort) => {
      const place = `${address} ${port}`;
      if (forwarders.has(place)) return;
      const path = sandbox.path(`${forwarders.size}.socket`);
      forwarders.set(place, await openForwarder(path, serverPort));
      child.stdin.write(`${place} ${path}\n`);
      await isThere();
    },
    close: async () => {
      child.kill('SIGKILL');
      await closed;
      for (const forwarder of forwarders.values()) forwarder.close();
      sandbox.dispose();
    },
  };
}

async function bundleRelay(sandbox: Sandbox): Promise<string> {
  const outfile = sandbox.path('relay.mjs');
  const entry = fileURLToPath(new URL('../programs/relay.ts', import.meta.url));
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return outfile;
}

/** Opens a unix socket that forwards to a server on loopback. */
async function openForwarder(path: string, port: number): Promise<Server> {
  const forwarder = createServer((client) => joinSockets(client, connect(port, '127.0.0.1')));
  await new Promise<void>((resolve) => forwarder.listen(path, resolve));
  return forwarder;
}
