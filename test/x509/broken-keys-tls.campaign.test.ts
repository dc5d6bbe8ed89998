import { execa } from 'execa';
import { createServer } from 'node:https';
import { beforeAll, describe, expect, test } from 'vitest';
import { keyToPem } from '../support/ca.js';
import { byExtent, CAMPAIGN_TIMEOUT } from '../support/campaign.js';
import { NODES } from '../support/nodes.js';
import { ONE_FILE } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { keysToTry } from './support/broken-keys/all.js';
import {
  canBeSent,
  chainFrom,
  type Listening,
  serveChains,
  serveShows,
  type Show,
} from './support/hostile-tls.js';
import { authority, type Hostile, hostileOf, leaf } from './support/hostile.js';

/** Servers that one run looks at: all within the time of a handshake, however busy the machine is. */
const SERVERS = 10;
/** Octets of certificates of one server: clients take 100 KiB (SSL_CTX_set_max_cert_list). */
const CHAIN_OCTETS = 60_000;
/** Also of the path that a client builds (X509_VERIFY_PARAM_set_depth). */
const CHAIN_LENGTH = 60;
/** Seconds of the processor for one server. */
const LONGEST = 1;

let hostile: readonly Hostile[];
/** The certificates that a real server accepts in its chain. */
let sendable: readonly Hostile[];

beforeAll(() => {
  hostile = keysToTry({ sample: 20, long: 50, all: 1000 }, { sample: 60, long: 10, all: 1 }).map(hostileOf);
  sendable = hostile.filter(({ otherIssuer }) => canBeSent(otherIssuer));
}, CAMPAIGN_TIMEOUT);

/** As many as one server can send, and so on. */
function chunks(certificates: readonly Uint8Array[]): Uint8Array[][] {
  const found: Uint8Array[][] = [];
  let room = 0;
  for (const certificate of certificates) {
    room -= certificate.length;
    const last = found.at(-1);
    if (last === undefined || room < 0 || last.length >= CHAIN_LENGTH) {
      found.push([certificate]);
      room = CHAIN_OCTETS - certificate.length;
    } else last.push(certificate);
  }
  return found;
}

function* groups<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}

describe.each(NODES)('broken keys on the wire, seen by Node $version', ({ path, version }) => {
  const run = async (sandbox: Sandbox, servers: number, ...words: string[]) => {
    const command = [path, ONE_FILE, ...words];
    const measured = ['-c', 'TIMEFORMAT="cpu %U %S"; time "$@"', 'bash', ...command];
    const result = await execa('bash', measured, { cwd: sandbox.folder, reject: false, all: true });
    const { exitCode: status = 0, all } = result;
    if (status > 63) throw new Error(`ocspbot ${words.join(' ')} ended with ${status}: ${all}`);
    const [, user, system] = /cpu (\S+) (\S+)$/.exec(all) ?? [];
    expect(Number(user) + Number(system)).toBeLessThan(LONGEST * servers);
    return { status, all };
  };

  /** Looks at a server under the given number of names, and returns the reports. */
  const look = async (server: Listening, count: number): Promise<string> => {
    const sandbox = makeSandbox();
    const live = Array.from({ length: count }, (_, at) => ({
      address: `127.0.0.1:${server.port}`,
      servername: `c${at}.example`,
    }));
    configure(sandbox, { services: { all: { live } } });
    const { status, all } = await run(sandbox, count, 'live', '--config', 'bot.yaml');
    expect(status).toBe(32);
    server.close();
    sandbox.dispose();
    return all;
  };

  test(
    'chains of servers that staple',
    async () => {
      const shows = chunks(sendable.map(({ otherIssuer }) => otherIssuer)).map((others, at): Show => {
        return { others, stapled: sendable[at]?.responses[0] ?? new Uint8Array() };
      });
      console.log(`sent in ${shows.length} chains to Node ${version}: ${sendable.length}`);
      for (const some of groups(shows, SERVERS)) {
        const told = await look(await serveShows(some), some.length);
        expect(told.match(/ {2}refused {2}/g)).toHaveLength(some.length);
      }
    },
    CAMPAIGN_TIMEOUT,
  );

  test('the server alone, and whose chain it shows', async () => {
    const sandbox = makeSandbox();
    const [first] = sendable as [Hostile];
    const server = await serveShows([{ others: [first.otherIssuer], stapled: first.responses[1] }]);
    const looked = await run(sandbox, 1, 'live', `127.0.0.1:${server.port}`, '--servername', 'c0.example');
    expect(looked).toMatchObject({ status: 32, all: expect.stringContaining('  refused  ') });
    server.close();
  });

  const seeAll = async (chains: readonly (readonly Uint8Array[])[], atOnce: number) => {
    for (const some of groups(chains, atOnce)) {
      const told = await look(await serveChains(some), some.length);
      expect(told.match(/ {2}unreachable {2}could not be looked at: TLS: /g)).toHaveLength(some.length);
    }
  };

  test(
    'chains that no sound server sends',
    () =>
      seeAll(
        chunks(hostile.map(({ otherIssuer }) => otherIssuer)).map((otherIssuers) => [
          leaf.der,
          ...otherIssuers,
        ]),
        SERVERS,
      ),
    CAMPAIGN_TIMEOUT,
  );

  test(
    'certificates of servers that do not know their own key',
    () => {
      const share = byExtent({ sample: 1, long: 3, all: 1 });
      const some = hostile.filter((_, at) => at % share === 0);
      return seeAll(
        some.map(({ delegate }) => [delegate]),
        SERVERS * 3,
      );
    },
    CAMPAIGN_TIMEOUT,
  );

  test(
    'certificates beside those of a responder',
    async () => {
      const certificates = sendable.map(({ otherRoot }) => otherRoot);
      for (const some of groups(chunks(certificates), SERVERS)) {
        const sandbox = makeSandbox();
        const servers = await Promise.all(some.map(startResponder));
        const domains = Object.fromEntries(
          servers.map(({ port }, at) => [
            `c${at}`,
            { cert: 'leaf.pem', ocsp: `${at}.ocsp`, ocsp_responder_uri: `https://localhost:${port}/` },
          ]),
        );
        configure(sandbox, { http: { ca_file: 'root.pem', attempts: 1 }, domains });
        const { status, all } = await run(sandbox, some.length, 'bot.yaml');
        expect(status).toBe(32);
        expect(all.match(/ 418/g)?.length).toBeGreaterThanOrEqual(some.length);
        for (const server of servers) server.close();
        sandbox.dispose();
      }
    },
    CAMPAIGN_TIMEOUT,
  );
});

const localhost = authority.issue({ subject: 'localhost', subjectAltNames: ['localhost'], ocspUrls: [] });

/** Over HTTPS with a certificate that can be verified, and others behind it. */
async function startResponder(others: readonly Uint8Array[]): Promise<Listening> {
  const options = { cert: chainFrom(localhost, others), key: keyToPem(localhost.key) };
  const server = createServer(options, (_, response) => response.writeHead(418).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { port, close };
}

function configure(sandbox: Sandbox, more: object): void {
  sandbox.write('leaf.pem', leaf.pem + authority.intermediate.pem);
  sandbox.write('root.pem', authority.root.pem);
  sandbox.write('ocsp/.keep', '');
  const domains = { leaf: { cert: 'leaf.pem', ocsp: 'leaf.ocsp', services: ['all'] } };
  sandbox.writeConfiguration({ ocsp_folder: 'ocsp', domains, ...more }, 'bot.yaml');
}
