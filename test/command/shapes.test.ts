import { describe, expect, test } from 'vitest';
import type { StapleName } from './support/staples.js';
import { openTestPki } from './support/test-pki.js';
import { makeWorkspace, type DomainOptions, type Workspace } from './support/workspace.js';

const pki = openTestPki();

/** Expects that the files of the last run show what `status` shows just after it. */
async function expectAgreement(workspace: Workspace): Promise<void> {
  const { sandbox } = workspace;
  const metrics = await workspace.runCommand('status', '--prometheus');
  expect(metrics.stdout).toBe(sandbox.text('ocspbot.prom'));
  await workspace.runCommand('status', '--html', 'again.html');
  const shown = (file: string) => sandbox.text(file).match(/<bdi>.*?<\/bdi>|class="tag.*?<|\d+ renewed/g);
  expect(shown('again.html')).toEqual(shown('page.html'));
}

const FILES = { metrics_file: 'ocspbot.prom', html_file: 'page.html', http: { attempts: 1 } };

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
});
