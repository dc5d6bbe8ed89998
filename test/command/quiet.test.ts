import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';
import { PROGRAM } from '../support/run.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import type { StapleName } from './support/staples.js';

const pki = openTestPki();

/** Certificates `a0.example` and so on that the responder turns away. */
function turnedAway(workspace: Workspace, count: number, staple: StapleName): void {
  for (let number = 0; number < count; number += 1) {
    const { certificate } = workspace.add(`${staple}${number}.example`, { staple });
    pki.responder.set('tryLater', certificate);
  }
}

describe('one cause is told in one paragraph', () => {
  test('of a responder, with the names, and the errors first', async () => {
    const workspace = makeWorkspace(pki);
    // After three in a row the others are not asked about.
    turnedAway(workspace, 2, 'missing');
    turnedAway(workspace, 12, 'due');
    workspace.configure({ http: { attempts: 1 } });
    const { status, stdout, stderr } = await workspace.run();
    expect(status).toBe(32);
    const [error, ...warnings] = stderr.split(/^(?=warning: |error: )/m);
    expect(error).toMatch(
      /^error: missing0\.example: failed: .*\n {2}likewise: missing1\.example\n {2}hint: .*\n {2}asked: .*\n {2}again: .*\n$/,
    );
    // Some requests failed; after them the certificates that can wait were not asked about any more.
    expect(warnings.length).toBeLessThanOrEqual(2);
    expect(warnings.join('')).toContain('; the first staple to end is that of due');
    expect(stdout).toMatch(/; status 32 \(needs attention: 2 failed\)\n$/);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  });

  test('of the disk, where there are many', async () => {
    const workspace = makeWorkspace(pki);
    for (let number = 0; number < 6; number += 1) workspace.add(`${number}.example`);
    workspace.configure({ domains: {} });
    for (let number = 0; number < 6; number += 1)
      workspace.sandbox.write(`${number}.example/cert.pem`, 'text');
    const { stderr } = await workspace.run();
    expect(stderr.match(/^error: /gm)).toHaveLength(1);
    expect(stderr).toMatch(/likewise: 1\.example, 2\.example, 3\.example, 4\.example, 5\.example\n/);
  });

  test('of a scan, where many files are passed over', async () => {
    const workspace = makeWorkspace(pki);
    workspace.configure({
      scan_keys: [{ folder: 'scanned', cert_mask: '{domain}.pem', chain_mask: null, rootchain_mask: null }],
    });
    for (let number = 0; number < 12; number += 1)
      workspace.sandbox.write(`scanned/\u0001${number}.pem`, 'text');
    const { stderr } = await workspace.run();
    expect(stderr.match(/^warning: the file .* was skipped/gm)).toHaveLength(10);
    expect(stderr).toMatch(/^warning: and \d more\n {2}hint: see all with: ocspbot validate \S+\.yaml$/m);
  });
});

describe('in the journal of systemd', () => {
  /** Runs with standard output and standard error in one file that stands for the journal. */
  async function inJournal(
    workspace: Workspace,
    ...args: string[]
  ): Promise<{ status: number | undefined; lines: string[] }> {
    return await inJournalWith(workspace, {}, ...args);
  }

  async function inJournalWith(
    workspace: Workspace,
    env: Readonly<Record<string, string>>,
    ...args: string[]
  ): Promise<{ status: number | undefined; lines: string[] }> {
    const journal = workspace.sandbox.path('journal');
    writeFileSync(journal, '');
    const { dev, ino } = statSync(journal, { bigint: true });
    const stream = openSync(journal, 'a');
    const child = spawn(process.execPath, [PROGRAM, 'ocspbot.yaml', ...args], {
      cwd: workspace.sandbox.folder,
      env: { ...process.env, ...env, JOURNAL_STREAM: `${dev}:${ino}` },
      stdio: ['ignore', stream, stream],
    });
    const [status] = (await once(child, 'exit')) as [number];
    closeSync(stream);
    return { status, lines: readFileSync(journal, 'utf8').trimEnd().split('\n') };
  }

  test('a good run has one line, which names the new responses and reloads', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { staple: 'due', entry: { services: ['web'] } });
    workspace.add('b.example', { staple: 'fresh', entry: { services: ['web'] } });
    workspace.configure({ services: { web: { reload: ['true'] } } });
    expect((await inJournal(workspace, '--reload', '--force')).lines).toEqual([
      expect.stringMatching(
        /^<6>2 certificates: 2 updated; reloaded web; status 0; updated a\.example, b\.example$/,
      ),
    ]);
    expect((await inJournal(workspace)).lines).toEqual([
      expect.stringMatching(/^<6>2 certificates: 2 unchanged; /),
    ]);
  });

  test('a responder that is down while staples are good is one line', async () => {
    const workspace = makeWorkspace(pki);
    turnedAway(workspace, 5, 'due');
    workspace.configure({ http: { attempts: 1 } });
    const { status, lines } = await inJournal(workspace);
    expect([status, lines]).toEqual([0, [expect.stringMatching(/^<4>5 certificates: 5 deferred \(.*\); /)]]);
  });

  test('each line of what needs attention has the level of an error', async () => {
    const workspace = makeWorkspace(pki);
    turnedAway(workspace, 1, 'missing');
    workspace.configure();
    const { status, lines } = await inJournal(workspace);
    expect(status).toBe(32);
    for (const line of lines) expect(line).toMatch(/^<3>/);
    expect((await inJournal(workspace, '--quiet')).lines.length).toBeGreaterThan(0);
  });

  test.each([
    ['cannot be loaded', 'require("node:fs").openSync = () => { throw new TypeError("oh\\nno"); };'],
    [
      'comes to a standstill',
      'require("node:timers/promises").setImmediate = () => new Promise(() => undefined);',
    ],
  ])('so has each line of a fault: the program %s', async (_, code) => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { staple: 'due' });
    workspace.configure();
    const broken = workspace.sandbox.write('broken.cjs', code);
    const { status, lines } = await inJournalWith(workspace, { NODE_OPTIONS: `--require ${broken}` });
    expect(status).toBe(70);
    expect(lines.join('\n')).toMatch(/^<3>error: /);
    for (const line of lines) expect(line).toMatch(/^<3>/);
  });
});
