import { describe, expect, test, type TestContext } from 'vitest';
import { openTestPki } from '../command/support/test-pki.js';
import { DAY } from '../command/support/times.js';
import { enterPod } from './support/cluster.js';
import { blocksIn, blockWith } from './support/markdown.js';
import { outputLike, stepsOf, typeIn } from './support/session.js';
import { startStaplingServer } from './support/stapling-server.js';
import { configurationWith, makeHost, README_CONFIGURATION, type Host } from './support/host.js';

const pki = openTestPki();

/** The state before each session. */
const BEFORE: Readonly<Record<string, (host: Host, context: TestContext) => void | Promise<void>>> = {
  'README.md: $ ocspbot /etc/ocspbot.yaml': oneIsDue,
  'docs/backups.md: $ ocspbot rollback example.com /etc/ocspbot.yaml --list': async (host) => {
    host.configure(configurationWith({ make_backups: true }), { 'example.com': 'due' });
    expect((await host.shell('ocspbot /etc/ocspbot.yaml')).status).toBe(6);
  },
  'docs/callers.md: $ ocspbot services 38 /etc/ocspbot.yaml': oneIsDue,
  'docs/callers.md: $ ocspbot live example.com:443 --config /etc/ocspbot.yaml': async (host) => {
    host.configure(README_CONFIGURATION, { 'example.com': 'fresh' });
    const certificate = host.certificate('example.com');
    const older = pki.response(certificate, -2 * DAY, 3 * DAY);
    const port = await startStaplingServer(certificate, older);
    host.alias(
      'example.com:443',
      `localhost:${port} --servername example.com`,
      `localhost:${port} (example.com)`,
    );
  },
  'docs/kubernetes.md: $ ocspbot /etc/ocspbot/ocspbot.yaml --exit simple': (host, context) =>
    enterPod(host, pki, context),
  'docs/migration.md: $ ocspbot validate /etc/ocspbot.yaml': (host) => {
    host.configure(blockWith('docs/migration.md', 'yaml').text);
  },
  'docs/monitoring.md: $ ocspbot check /etc/ocspbot.yaml -w 2d -c 12h --run-warning off': oneIsDue,
  'docs/monitoring.md: $ ocspbot /etc/ocspbot.yaml --log-format json --only example.com': oneIsDue,
  'docs/monitoring.md: $ ocspbot status /etc/ocspbot.yaml': oneIsDue,
  'docs/networks.md: $ ocspbot /etc/ocspbot.yaml --only example.com': (host) => {
    oneIsDue(host);
    pki.responder.set({ kind: 'http', status: 503 }, host.certificate('example.com'));
  },
  'docs/refresh.md: $ ocspbot explain example.com /etc/ocspbot.yaml': (host) => {
    host.configure(configurationWith({ minimum_validity: '3d' }), { 'example.com': 'due' });
  },
  'docs/security.md: $ ocspbot verify /var/lib/ocsp/example.com.ocsp-resp --issuer /etc/ssl/mail.example.com-chain.pem --cert /etc/ssl/example.com.pem':
    oneIsDue,
};

function oneIsDue(host: Host): void {
  host.configure(README_CONFIGURATION, { 'example.com': 'due', 'mail.example.com': 'fresh' });
}

const sessions = blocksIn('console');

test('every session of the documents is here, and no other', () => {
  expect(Object.keys(BEFORE).toSorted()).toEqual(sessions.map(({ key }) => key).toSorted());
});

describe('what the documents show is what the program says', () => {
  test.for(sessions.map((session) => [session.key, session] as const))(
    '%s',
    async ([key, session], context) => {
      const host = makeHost(pki);
      await BEFORE[key]?.(host, context);
      const documented = stepsOf(session);
      const typed = await typeIn(host, documented);
      for (const [index, { command, output }] of documented.entries()) {
        const actual = typed[index]?.output ?? '';
        expect([command, ...outputLike(output, actual)], actual).toEqual([
          command,
          ...outputLike(output, output),
        ]);
      }
    },
  );
});
