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
import { makeSetting, type Setting } from '../command/support/setting.js';
import { openStage } from '../command/support/stage.js';
import { DAY } from '../command/support/times.js';
import { onlyOne, outcomesOf, reportOf } from '../command/support/report.js';
import { forNobody } from '../command/support/nobody.js';
import { requireRoot } from '../support/require.js';
import { startResponder } from '../support/responder.js';
import { pendingReloads } from '../command/support/state.js';

const stage = openStage();

/** What happens while a responder is being asked. */
let meanwhile: () => void = () => undefined;
const tampering = startResponder({
  issuers: [stage.authority.intermediate],
  answer: () => {
    meanwhile();
    return undefined;
  },
});
afterAll(async () => (await tampering).close());

/** A staple that is due, or none, and a configuration whose state lies elsewhere. */
async function settingWhile(
  change: (setting: Setting) => void,
  staple: 'due' | 'missing' = 'due',
): Promise<Setting> {
  const setting = makeSetting(stage);
  const { url } = await tampering;
  setting.add('a.example', { staple, certificate: { ocspUrls: [url] } });
  setting.configure({ state_folder: 'state', make_backups: true });
  let isDone = false;
  meanwhile = () => {
    if (!isDone) change(setting);
    isDone = true;
  };
  return setting;
}

const A = 'ocsp/a.example.ocsp';

describe('while a run is on', () => {
  test('the folder of the staple disappears, with the state in it', async () => {
    const setting = await settingWhile(({ sandbox }) => sandbox.remove('ocsp'));
    setting.configure({ make_backups: true });
    const run = await setting.run('--json');
    expect(run.status).toBe(32);
    expect(onlyOne(reportOf(run))).toMatchObject({
      outcome: 'deferred',
      reason: 'write-failed',
      hint: expect.stringContaining('see who removes files there'),
    });
    mkdirSync(setting.sandbox.path('ocsp'), { recursive: true });
    expect((await setting.run()).status).toBe(2);
  });

  test.each([
    ['a folder', (path: string) => mkdirSync(path)],
    ['a fifo', (path: string) => execFileSync('mkfifo', [path])],
    ['a link in a circle', (path: string) => symlinkSync('a.example.ocsp', path)],
    ['a link to a device', (path: string) => symlinkSync('/dev/null', path)],
  ])('%s comes in the place of the staple', async (_, make) => {
    const setting = await settingWhile(({ sandbox }) => {
      sandbox.remove(A);
      make(sandbox.path(A));
    });
    const run = await setting.run('--json');
    expect(run.status).toBe(32);
    expect(outcomesOf(reportOf(run))).toEqual({ 'a.example': 'deferred target-unsuitable' });
    expect(setting.sandbox.list('ocsp')).toEqual(['a.example.ocsp']);
  });

  test('a link to another place of ours is followed to where it leads in the end', async () => {
    const setting = await settingWhile(({ sandbox }) => {
      sandbox.write('other/.keep', '');
      renameSync(sandbox.path(A), sandbox.path('other/real.ocsp'));
      symlinkSync('../other/real.ocsp', sandbox.path(A));
    });
    const run = await setting.run('--json');
    expect(run.status).toBe(2);
    expect(readlinkSync(setting.sandbox.path(A))).toBe('../other/real.ocsp');
    expect(setting.sandbox.list('other')).toEqual(['.keep', 'real.ocsp']);
    expect(setting.sandbox.list('state/backups')).toHaveLength(1);
  });

  test('a staple that another program has renewed is not replaced by an older one', async () => {
    let newer = new Uint8Array();
    const setting = await settingWhile(({ sandbox }) => sandbox.write(A, newer));
    const { url } = await tampering;
    const { certificate } = setting.add('a.example', { staple: 'due', certificate: { ocspUrls: [url] } });
    setting.configure({ state_folder: 'state', make_backups: true });
    newer = new Uint8Array(stage.response(certificate, 0, 8 * DAY));
    const run = await setting.run('--json');
    expect(run.status).toBe(0);
    expect(outcomesOf(reportOf(run))).toEqual({ 'a.example': 'deferred older-than-installed' });
    expect(setting.sandbox.read(A)).toEqual(newer);
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
    const setting = await settingWhile(() => undefined, 'missing');
    make(setting.sandbox.path(A));
    const run = await setting.run();
    expect(run.status).toBe(status);
    expect(run.stderr).toMatch(status === 2 ? /^$/ : /^ {0,2}(?:hint: \S|mkdir -p|name a)/m);
    const left = setting.sandbox.list('ocsp').filter((name) => name.endsWith('.tmp'));
    expect(left).toEqual([]);
  });
});

describe('other users', () => {
  const MALLORY = 1234;

  /** Everybody may look, and `folder` is Mallory's. */
  function mallorys({ sandbox }: Setting, folder: string, context: TestContext): void {
    requireRoot(context);
    chmodSync(sandbox.folder, 0o755);
    chownSync(sandbox.path(folder), MALLORY, MALLORY);
  }

  test('a file of another user in a sticky folder stays, and we are told', async (context) => {
    requireRoot(context);
    const setting = await settingWhile(() => undefined);
    const { sandbox } = setting;
    chmodSync(sandbox.path('ocsp'), 0o1777);
    chmodSync(sandbox.path(A), 0o644);
    mkdirSync(sandbox.path('state'));
    const before = setting.staple('a.example');
    const run = await forNobody(setting, ['state']).run('--json');
    expect(run.status).toBe(32);
    expect(onlyOne(reportOf(run))).toMatchObject({ outcome: 'deferred', reason: 'not-permitted' });
    expect(setting.staple('a.example')).toEqual(before);
    expect(sandbox.list('ocsp').filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(pendingReloads(sandbox, { stateFolder: 'state' })).toEqual([]);
    expect((await setting.run()).status).toBe(2);
  });

  test.for(['before', 'while'])(
    'a link that leads root into its own folder, planted %s',
    async (when, context) => {
      requireRoot(context);
      const plant = ({ sandbox }: Setting): void => {
        rmSync(sandbox.path(A), { force: true });
        symlinkSync('../precious/file', sandbox.path(A));
        lchownSync(sandbox.path(A), MALLORY, MALLORY);
      };
      const setting = await settingWhile((one) => when === 'while' && plant(one));
      const { sandbox } = setting;
      sandbox.write('precious/file', 'precious');
      if (when === 'before') plant(setting);
      mallorys(setting, 'ocsp', context);
      const run = await setting.run('--json');
      expect(run.status).toBe(32);
      expect(onlyOne(reportOf(run))).toMatchObject({ reason: 'target-unsuitable' });
      expect(sandbox.text('precious/file')).toBe('precious');
      expect(sandbox.list('precious')).toEqual(['file']);
    },
  );

  test('a folder that is swapped for a link into one of root', async (context) => {
    const setting = await settingWhile(({ sandbox }) => {
      renameSync(sandbox.path('home/ocsp'), sandbox.path('home/away'));
      symlinkSync('../precious', sandbox.path('home/ocsp'));
      lchownSync(sandbox.path('home/ocsp'), MALLORY, MALLORY);
    });
    const { sandbox } = setting;
    mkdirSync(sandbox.path('home'));
    renameSync(sandbox.path('ocsp'), sandbox.path('home/ocsp'));
    sandbox.write('precious/file', 'precious');
    setting.configure({ ocsp_folder: 'home/ocsp', state_folder: 'state' });
    mallorys(setting, 'home', context);
    mallorys(setting, 'home/ocsp', context);
    const run = await setting.run('--json');
    expect(run.status).toBe(32);
    expect(onlyOne(reportOf(run))).toMatchObject({ reason: 'target-unsuitable' });
    expect(sandbox.list('precious')).toEqual(['file']);
  });

  test('what is planted in the state folder: links are not followed, names are not taken', async (context) => {
    const setting = await settingWhile(() => undefined);
    const { sandbox } = setting;
    sandbox.write('precious', 'precious');
    mkdirSync(sandbox.path('state'));
    mallorys(setting, 'state', context);
    for (const name of ['lock-1', 'reload-debt.json', `put-back-${'0'.repeat(64)}`]) {
      symlinkSync('../precious', sandbox.path(`state/${name}`));
      lchownSync(sandbox.path(`state/${name}`), MALLORY, MALLORY);
    }
    const run = await setting.run('--json');
    expect(run.status).toBe(2);
    expect(reportOf(run).warnings).toEqual([expect.stringContaining('every service may be owed a reload')]);
    expect(sandbox.text('precious')).toBe('precious');
    expect((await setting.run()).status).toBe(0);
  });
});
