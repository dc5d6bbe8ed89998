import { describe, expect, test } from 'vitest';
import { makeResponse } from '../support/ca.js';
import { makeKey } from '../support/keys.js';
import type { StapleName } from './support/staples.js';
import { openTestPki } from './support/test-pki.js';
import { DAY, HOUR, NOW } from './support/times.js';
import { makeWorkspace, type DomainOptions, type Workspace } from './support/workspace.js';

const pki = openTestPki();

/** Expects that the files of the last run show what `status` shows just after it. */
async function expectAgreement(workspace: Workspace): Promise<void> {
  const { sandbox } = workspace;
  const metrics = await workspace.runCommand('status', '--prometheus');
  expect(metrics.stdout).toBe(sandbox.text('ocspbot.prom'));
}

const FILES = { metrics_file: 'ocspbot.prom', http: { attempts: 1 } };

describe('the files that a run publishes show what status shows', () => {
  test('after attempts that failed, after renewals, and where nothing was due', async () => {
    const workspace = makeWorkspace(pki);
    const staples: (readonly [StapleName, DomainOptions?])[] = [
      ['fresh'],
      ['fresh', { entry: { services: ['web'] } }],
      ['due'],
      ['due', { entry: { services: ['mail'] } }],
      ['critical'],
      ['missing'],
      ['missing', { certificate: { ocspUrls: [] } }],
      ['text'],
      ['ahead'],
      ['revoked'],
    ];
    const added = staples.map(([staple, more], index) =>
      workspace.add(`c${index}.example`, { staple, ...more }),
    );
    workspace.configure({ ...FILES, services: { web: {}, mail: {} } });
    workspace.sandbox.write('broken.example/cert.pem', '');
    for (const index of [2, 4]) pki.responder.set('tryLater', added[index]?.certificate);
    await workspace.run();
    expect(workspace.sandbox.text('ocspbot.prom')).toContain('certificate="c2.example",state="waiting"');
    await expectAgreement(workspace);
    // Now one waits, most are kept, and one is forced.
    await workspace.run();
    await expectAgreement(workspace);
    await workspace.run('--force', '--only', 'c0.example');
    await expectAgreement(workspace);
  });

  test('for a file that two certificates share, for a chain, after a rollback, and after a run that ends at a failure', async () => {
    const workspace = makeWorkspace(pki);
    const share = (name: string, kind: 'rsa-2048' | 'p-256') =>
      workspace.add(name, {
        certificate: { key: makeKey(kind, 'shared') },
        entry: { ocsp: 'both.ocsp' },
      }).certificate;
    const pair = [share('rsa.example', 'rsa-2048'), share('ecdsa.example', 'p-256')];
    const times = { thisUpdate: NOW - HOUR, nextUpdate: NOW + 2 * DAY };
    const singles = pair.map((certificate) => ({ certificate, ...times }));
    const bytes = makeResponse({ issuer: pki.authority.intermediate, singles });
    for (const certificate of pair) pki.responder.set({ kind: 'bytes', bytes }, certificate);
    workspace.add('chain.example', { entry: { format: 'pem-chain' } });
    workspace.add('back.example', { staple: 'fresh' });
    const { certificate: down } = workspace.add('down.example', { staple: 'due' });
    pki.responder.set({ kind: 'http', status: 500 }, down);
    workspace.add('last.example', { staple: 'due' });
    const keys = { ...FILES, backups: { keep: 3 }, publish_folder: 'published' };
    workspace.sandbox.write('published/.keep', '');
    workspace.configure(keys);
    for (const args of [[], [], ['--force', '--only', 'back.example']]) {
      await workspace.run(...args);
      await expectAgreement(workspace);
    }
    expect(await workspace.runCommand('rollback', 'back.example')).toMatchObject({ status: 2 });
    await expectAgreement(workspace);
    await workspace.run();
    await expectAgreement(workspace);
    workspace.configure({ ...keys, stop_on_error: true });
    await workspace.run('--force');
    await expectAgreement(workspace);
  });
});
