import { describe, expect, test } from 'vitest';
import { openStage } from '../command/support/stage.js';
import { DAY } from '../command/support/times.js';
import { blocksIn, blockWith } from './support/markdown.js';
import { outputLike, stepsOf, typeIn } from './support/session.js';
import { startStaplingServer } from './support/stapling-server.js';
import { configurationWith, makeWorld, README_CONFIGURATION, type World } from './support/world.js';

const stage = openStage();

/** What there is before each session. */
const BEFORE: Readonly<Record<string, (world: World) => void | Promise<void>>> = {
  'README.md: $ ocspbot /etc/ocspbot.yaml': oneIsDue,
  'README.md: $ ocspbot validate /etc/ocspbot.yaml': oneIsDue,
  'docs/backups.md: $ ocspbot rollback example.com /etc/ocspbot.yaml --list': async (world) => {
    world.configure(configurationWith({ make_backups: true }), { 'example.com': 'due' });
    expect((await world.shell('ocspbot /etc/ocspbot.yaml')).status).toBe(6);
  },
  'docs/callers.md: $ ocspbot services 38 /etc/ocspbot.yaml': oneIsDue,
  'docs/callers.md: $ ocspbot live example.com:443 --config /etc/ocspbot.yaml': async (world) => {
    world.configure(README_CONFIGURATION, { 'example.com': 'fresh' });
    const certificate = world.certificate('example.com');
    const older = stage.response(certificate, -2 * DAY, 3 * DAY);
    const port = await startStaplingServer(certificate, older);
    world.alias(
      'example.com:443',
      `localhost:${port} --servername example.com`,
      `localhost:${port} (example.com)`,
    );
  },
  'docs/migration.md: $ ocspbot validate /etc/ocspbot.yaml': (world) => {
    world.configure(blockWith('docs/migration.md', 'yaml').text);
  },
  'docs/networks.md: $ ocspbot /etc/ocspbot.yaml --only example.com': (world) => {
    oneIsDue(world);
    stage.responder.set({ kind: 'http', status: 503 }, world.certificate('example.com'));
  },
  'docs/refresh.md: $ ocspbot explain example.com /etc/ocspbot.yaml': (world) => {
    world.configure(configurationWith({ minimum_validity: '3d' }), { 'example.com': 'due' });
  },
  'docs/security.md: $ ocspbot verify /var/lib/ocsp/example.com.ocsp-resp --issuer /etc/ssl/mail.example.com-chain.pem --cert /etc/ssl/example.com.pem':
    oneIsDue,
};

function oneIsDue(world: World): void {
  world.configure(README_CONFIGURATION, { 'example.com': 'due', 'mail.example.com': 'fresh' });
}

const sessions = blocksIn('console');

test('every session of the documents is here, and no other', () => {
  expect(Object.keys(BEFORE).toSorted()).toEqual(sessions.map(({ key }) => key).toSorted());
});

describe('what the documents show is what the program says', () => {
  test.each(sessions.map((session) => [session.key, session] as const))('%s', async (key, session) => {
    const world = makeWorld(stage);
    await BEFORE[key]?.(world);
    const documented = stepsOf(session);
    const typed = await typeIn(world, documented);
    for (const [index, { command, output }] of documented.entries()) {
      const actual = typed[index]?.output ?? '';
      expect([command, ...outputLike(output, actual)], actual).toEqual([
        command,
        ...outputLike(output, output),
      ]);
    }
  });
});
