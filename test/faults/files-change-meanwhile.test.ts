import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { afterAll, describe, expect, test, type TestContext } from 'vitest';
import { makeWorkspace, type Workspace } from '../command/support/workspace.js';
import { openTestPki } from '../command/support/test-pki.js';
import { DAY, MINUTE } from '../command/support/times.js';
import { onlyOne, outcomesOf, reportOf } from '../command/support/report.js';
import { forUnprivilegedUser } from '../command/support/unprivileged-user.js';
import { requireRoot } from '../support/require.js';
import { startResponder } from '../support/responder.js';
import { pendingReloads } from '../command/support/state.js';

const pki = openTestPki();

/** An action that happens while a responder is being asked. */
let meanwhile: () => void = () => undefined;
const tampering = startResponder({
  issuers: [pki.authority.intermediate],
  answer: () => {
    meanwhile();
    return undefined;
  },
});
afterAll(async () => (await tampering).close());

/** Prepares a staple that is due, or none, and a configuration whose state folder is elsewhere. */
async function workspaceWhile(
  change: (workspace: Workspace) => void,
  staple: 'due' | 'missing' = 'due',
): Promise<Workspace> {
  const workspace = makeWorkspace(pki);
  const { url } = await tampering;
  workspace.add('a.example', { staple, certificate: { ocspUrls: [url] } });
  workspace.configure({ state_folder: 'state', make_backups: true });
  let isDone = false;
  meanwhile = () => {
    if (!isDone) change(workspace);
    isDone = true;
  };
  return workspace;
}

const A = 'ocsp/a.example.ocsp';

describe('while a run is on', () => {
  test('the folder of the staple disappears, with the state in it', async () => {
    const workspace = await workspaceWhile(({ sandbox }) => sandbox.remove('ocsp'));
    workspace.configure({ make_backups: true });
    const run = await workspace.run('--json');
    expect(run.status).toBe(32);
    expect(onlyOne(reportOf(run))).toMatchObject({
      outcome: 'deferred',
      reason: 'write-failed',
      hint: expect.stringContaining('see who removes files there'),
    });
    mkdirSync(workspace.sandbox.path('ocsp'), { recursive: true });
    expect((await workspace.run()).status).toBe(2);
  });

  test.each([
    ['a folder', (path: string) => mkdirSync(path)],
    ['a fifo', (path: string) => execFileSync('mkfifo', [path])],
    ['a link in a circle', (path: string) => symlinkSync('a.example.ocsp', path)],
    ['a link to a device', (path: string) => symlinkSync('/dev/null', path)],
  ])('%s comes in the place of the staple', async (_, make) => {
    const workspace = await workspaceWhile(({ sandbox }) => {
      sandbox.remove(A);
      make(sandbox.path(A));
    });
    const run = await workspace.run('--json');
    expect(run.status).toBe(32);
    expect(outcomesOf(reportOf(run))).toEqual({ 'a.example': 'deferred target-unsuitable' });
    expect(workspace.sandbox.list('ocsp')).toEqual(['a.example.ocsp']);
  });

  test('a link to another place of ours is followed to where it leads in the end', async () => {
    const workspace = await workspaceWhile(({ sandbox }) => {
      sandbox.write('other/.keep', '');
      renameSync(sandbox.path(A), sandbox.path('other/real.ocsp'));
      symlinkSync('../other/real.ocsp', sandbox.path(A));
    });
    const run = await workspace.run('--json');
    expect(run.status).toBe(2);
    expect(readlinkSync(workspace.sandbox.path(A))).toBe('../other/real.ocsp');
    expect(workspace.sandbox.list('other')).toEqual(['.keep', 'real.ocsp']);
    expect(workspace.sandbox.list('state/backups')).toHaveLength(1);
  });

  test('a staple that another program has renewed is not replaced by an older one', async () => {
    let newer = new Uint8Array();
    const workspace = await workspaceWhile(({ sandbox }) => sandbox.write(A, newer));
    const { url } = await tampering;
    const { certificate } = workspace.add('a.example', { staple: 'due', certificate: { ocspUrls: [url] } });
    workspace.configure({ state_folder: 'state', make_backups: true });
    newer = new Uint8Array(pki.response(certificate, 0, 8 * DAY));
    const run = await workspace.run('--json');
    expect(run.status).toBe(0);
    expect(outcomesOf(reportOf(run))).toEqual({ 'a.example': 'deferred older-than-installed' });
    expect(workspace.sandbox.read(A)).toEqual(newer);
  });

  test('a staple for a renewed certificate is not replaced by one for the old certificate', async () => {
    const renewed = pki.issue();
    const staple = new Uint8Array(pki.response(renewed, -MINUTE, 8 * DAY));
    const workspace = await workspaceWhile(({ sandbox }) => {
      sandbox.writeCertificate('a.example', renewed);
      sandbox.write(A, staple);
    });
    const run = await workspace.run('--json');
    expect(run.status).toBe(0);
    expect(onlyOne(reportOf(run))).toMatchObject({
      outcome: 'deferred',
      reason: 'certid-mismatch',
      message: expect.stringContaining('another certificate is there now'),
      hint: 'the next run asks about the new certificate',
    });
    expect(workspace.sandbox.read(A)).toEqual(staple);
    expect(pendingReloads(workspace.sandbox, { stateFolder: 'state' })).toEqual([]);
    const next = await workspace.run('--json');
    expect(outcomesOf(reportOf(next))).toEqual({ 'a.example': 'unchanged fresh' });
  });

  test('a certificate that is away for a moment gets its staple', async () => {
    const workspace = await workspaceWhile(({ sandbox }) => sandbox.remove('a.example/cert.pem'));
    const run = await workspace.run('--json');
    expect(outcomesOf(reportOf(run))).toEqual({ 'a.example': 'updated due' });
  });
});

describe('what lies in the place of a staple before the run', () => {
  test.each([
    ['a folder', (path: string) => mkdirSync(path), 32],
    ['a fifo', (path: string) => execFileSync('mkfifo', [path]), 32],
    ['a link to a device', (path: string) => symlinkSync('/dev/null', path), 32],
    ['a link in a circle', (path: string) => symlinkSync('a.example.ocsp', path), 32],
    ['a link to a folder that is not there', (path: string) => symlinkSync('nowhere/x', path), 32],
    ['a link to a file that is not there', (path: string) => symlinkSync('real.ocsp', path), 2],
  ])('%s', async (_, make, status) => {
    const workspace = await workspaceWhile(() => undefined, 'missing');
    make(workspace.sandbox.path(A));
    const run = await workspace.run();
    expect(run.status).toBe(status);
    expect(run.stderr).toMatch(status === 2 ? /^$/ : /^ {0,2}(?:hint: \S|mkdir -p|name a)/m);
    const left = workspace.sandbox.list('ocsp').filter((name) => name.endsWith('.tmp'));
    expect(left).toEqual([]);
  });
});

describe('other users', () => {
  const MALLORY = 1234;

  /** Everybody may look, and `folder` is Mallory's. */
  function mallorys({ sandbox }: Workspace, folder: string, context: TestContext): void {
    requireRoot(context);
    chmodSync(sandbox.folder, 0o755);
    chownSync(sandbox.path(folder), MALLORY, MALLORY);
  }

  test('a file of another user in a sticky folder stays, and we are told', async (context) => {
    requireRoot(context);
    const workspace = await workspaceWhile(() => undefined);
    const { sandbox } = workspace;
    chmodSync(sandbox.path('ocsp'), 0o1777);
    chmodSync(sandbox.path(A), 0o644);
    mkdirSync(sandbox.path('state'));
    const before = workspace.staple('a.example');
    const run = await forUnprivilegedUser(workspace, ['state']).run('--json');
    expect(run.status).toBe(32);
    expect(onlyOne(reportOf(run))).toMatchObject({ outcome: 'deferred', reason: 'not-permitted' });
    expect(workspace.staple('a.example')).toEqual(before);
    expect(sandbox.list('ocsp').filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(pendingReloads(sandbox, { stateFolder: 'state' })).toEqual([]);
    expect((await workspace.run()).status).toBe(2);
  });

  test.for(['before', 'while'])(
    'a link that leads root into its own folder, planted %s',
    async (when, context) => {
      requireRoot(context);
      const plant = ({ sandbox }: Workspace): void => {
        rmSync(sandbox.path(A), { force: true });
        symlinkSync('../precious/file', sandbox.path(A));
        lchownSync(sandbox.path(A), MALLORY, MALLORY);
      };
      const workspace = await workspaceWhile((one) => when === 'while' && plant(one));
      const { sandbox } = workspace;
      sandbox.write('precious/file', 'precious');
      if (when === 'before') plant(workspace);
      mallorys(workspace, 'ocsp', context);
      const run = await workspace.run('--json');
      expect(run.status).toBe(32);
      expect(onlyOne(reportOf(run))).toMatchObject({ reason: 'target-unsuitable' });
      expect(sandbox.text('precious/file')).toBe('precious');
      expect(sandbox.list('precious')).toEqual(['file']);
    },
  );

  test('a folder that is swapped for a link into one of root', async (context) => {
    const workspace = await workspaceWhile(({ sandbox }) => {
      renameSync(sandbox.path('home/ocsp'), sandbox.path('home/away'));
      symlinkSync('../precious', sandbox.path('home/ocsp'));
      lchownSync(sandbox.path('home/ocsp'), MALLORY, MALLORY);
    });
    const { sandbox } = workspace;
    mkdirSync(sandbox.path('home'));
    renameSync(sandbox.path('ocsp'), sandbox.path('home/ocsp'));
    sandbox.write('precious/file', 'precious');
    workspace.configure({ ocsp_folder: 'home/ocsp', state_folder: 'state' });
    mallorys(workspace, 'home', context);
    mallorys(workspace, 'home/ocsp', context);
    const run = await workspace.run('--json');
    expect(run.status).toBe(32);
    expect(onlyOne(reportOf(run))).toMatchObject({ reason: 'target-unsuitable' });
    expect(sandbox.list('precious')).toEqual(['file']);
  });

  test('what is planted in the state folder: links are not followed, names are not taken', async (context) => {
    const workspace = await workspaceWhile(() => undefined);
    const { sandbox } = workspace;
    sandbox.write('precious', 'precious');
    mkdirSync(sandbox.path('state'));
    mallorys(workspace, 'state', context);
    for (const name of ['lock-1', 'reload-debt.json', `put-back-${'0'.repeat(64)}`]) {
      symlinkSync('../precious', sandbox.path(`state/${name}`));
      lchownSync(sandbox.path(`state/${name}`), MALLORY, MALLORY);
    }
    const run = await workspace.run('--json');
    expect(run.status).toBe(2);
    expect(reportOf(run).warnings).toEqual([expect.stringContaining('every service may be owed a reload')]);
    expect(sandbox.text('precious')).toBe('precious');
    expect((await workspace.run()).status).toBe(0);
  });
});
