import {
  chmodSync,
  chownSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { requireProgram, requireRoot } from '../support/require.js';
import { COMMAND, PROGRAM, runOcspbot, type Run } from '../support/run.js';
import type { Sandbox } from '../support/sandbox.js';
import { startOcspbot, until } from './support/child.js';
import { forUnprivilegedUser } from './support/unprivileged-user.js';
import { reportOf } from './support/report.js';
import { makeWorkspace, type Domain } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import { pendingReloadsFile, pendingReloads, stateOf } from './support/state.js';

const pki = openTestPki();
const WEB = { configuration: 'web.yaml' };
const MAIL = { configuration: 'mail.yaml' };
const FORMER = 'ocsp/.ocspbot/reload-debt.json';

/** Two configurations with one ocsp_folder, as the documentation of the Python program has them. */
interface Pair {
  readonly sandbox: Sandbox;
  /** The certificates of web.yaml. The responder never answers about `stalled`. */
  readonly due: Domain;
  readonly stalled: Domain;
  run(file: string, ...args: readonly string[]): Promise<Run>;
}

/** web.yaml has nginx, mail.yaml has exim4: each has one bit, and it is the same. */
function makePair(keys: object = {}): Pair {
  const web = makeWorkspace(pki);
  const { sandbox } = web;
  const due = web.add('a.example', { staple: 'due', entry: { services: ['nginx'] } });
  const stalled = web.add('b.example', { staple: 'due', entry: { services: ['nginx'] } });
  pki.responder.set('stall', stalled.certificate);
  const common = { parallel_threads: 1, http: { timeout: '30s' }, ocsp_folder: 'ocsp', ...keys };
  web.configure({ ...common, services: { nginx: {} } });
  renameSync(sandbox.path('ocspbot.yaml'), sandbox.path('web.yaml'));
  const domains = {
    'mail.example': { ...sandbox.writeCertificate('mail.example', pki.issue()), services: ['exim4'] },
  };
  sandbox.writeConfiguration({ ...common, services: { exim4: {} }, domains }, 'mail.yaml');
  const run = (file: string, ...args: readonly string[]) =>
    runOcspbot([file, '--json', ...args], { cwd: sandbox.folder });
  return { sandbox, due, stalled, run };
}

function ownFolders(sandbox: Sandbox): string[] {
  return sandbox.list('ocsp/.ocspbot').filter((name) => /\.[0-9a-f]{12}$/.test(name));
}

/** Kills a run of this file when it has installed one staple, and waits for the other certificate. */
async function killedRun({ sandbox, stalled }: Pair, file = 'web.yaml'): Promise<void> {
  const before = pki.requestsFor(stalled.certificate).length;
  const child = startOcspbot([file], { cwd: sandbox.folder });
  await until(() => pki.requestsFor(stalled.certificate).length > before);
  await child.kill();
  pki.responder.reset();
}

function told(run: Run): { status: number | undefined; owed: readonly string[]; stderr: string } {
  return { status: run.status, owed: reportOf(run).owed_before, stderr: run.stderr };
}

describe('two configurations with one ocsp_folder', () => {
  test('what one owes after a kill is asked for by its own next run, not by one of the other', async () => {
    const pair = makePair();
    await pair.run('mail.yaml');
    await killedRun(pair);
    expect(pendingReloads(pair.sandbox, WEB)).toEqual(['nginx']);
    expect(told(await pair.run('mail.yaml'))).toEqual({ status: 0, owed: [], stderr: '' });
    expect(told(await pair.run('web.yaml'))).toMatchObject({ status: 2, owed: ['nginx'] });
    expect(told(await pair.run('web.yaml'))).toEqual({ status: 0, owed: [], stderr: '' });
  });

  test('at the same minute: neither ends with 75', async () => {
    const pair = makePair();
    const child = startOcspbot(['web.yaml'], { cwd: pair.sandbox.folder });
    await until(() => pki.requestsFor(pair.stalled.certificate).length > 0);
    expect(told(await pair.run('mail.yaml'))).toEqual({ status: 2, owed: [], stderr: '' });
    expect((await pair.run('web.yaml')).status).toBe(75);
    await child.kill();
  });

  test('each remembers responders for itself', async () => {
    const pair = makePair({ http: { attempts: 1 } });
    const own = (name: string) => `${stateOf(pair.sandbox, { configuration: name })}/responders.json`;
    pki.responder.set('tryLater', pair.due.certificate);
    pki.responder.set('tryLater', pair.stalled.certificate);
    await pair.run('web.yaml');
    await pair.run('mail.yaml');
    expect([own('web.yaml'), own('mail.yaml')].map((file) => pair.sandbox.exists(file))).toEqual([
      true,
      false,
    ]);
  });

  test('a folder says whose it is', async () => {
    const { sandbox, run } = makePair();
    await run('mail.yaml');
    expect(JSON.parse(sandbox.text(`${stateOf(sandbox, MAIL)}/configuration.json`))).toEqual({
      schema: 1,
      path: sandbox.path('mail.yaml'),
      real_path: sandbox.path('mail.yaml'),
    });
  });
});

describe('one configuration, however it is named', () => {
  test.each<[string, (pair: Pair) => [file: string, cwd: string]]>([
    ['relative to another folder', ({ sandbox }) => ['../web.yaml', sandbox.path('ocsp')]],
    ['by its whole path', ({ sandbox }) => [sandbox.path('web.yaml'), sandbox.folder]],
    ['by a roundabout path', ({ sandbox }) => ['./ocsp/../web.yaml', sandbox.folder]],
    [
      'by a link',
      ({ sandbox }) => {
        symlinkSync('web.yaml', sandbox.path('link.yaml'));
        return ['link.yaml', sandbox.folder];
      },
    ],
    [
      'through a link to its folder',
      ({ sandbox }) => {
        symlinkSync('.', sandbox.path('here'));
        return [sandbox.path('here/web.yaml'), sandbox.folder];
      },
    ],
  ])('%s', async (_, make) => {
    const pair = makePair({ relative_to: 'config' });
    await killedRun(pair);
    const [file, cwd] = make(pair);
    const run = await runOcspbot([file, '--json'], { cwd });
    expect(told(run)).toMatchObject({ status: 2, owed: ['nginx'] });
    expect(ownFolders(pair.sandbox)).toHaveLength(1);
  });

  test('a link is recognized while its run holds the lock, and the other way round', async () => {
    const pair = makePair();
    symlinkSync('web.yaml', pair.sandbox.path('link.yaml'));
    const child = startOcspbot(['link.yaml'], { cwd: pair.sandbox.folder });
    await until(() => pki.requestsFor(pair.stalled.certificate).length > 0);
    expect((await pair.run('web.yaml')).status).toBe(75);
    expect((await pair.run('link.yaml')).status).toBe(75);
    await child.kill();
    expect(ownFolders(pair.sandbox)).toHaveLength(1);
  });

  test('a link that is switched to a new release', async () => {
    const pair = makePair();
    const { sandbox } = pair;
    for (const release of ['r1', 'r2']) sandbox.write(`${release}/web.yaml`, sandbox.read('web.yaml'));
    symlinkSync('r1', sandbox.path('current'));
    await killedRun(pair, 'current/web.yaml');
    rmSync(sandbox.path('current'));
    symlinkSync('r2', sandbox.path('current'));
    expect(told(await pair.run('current/web.yaml'))).toMatchObject({ status: 2, owed: ['nginx'] });
    expect(told(await pair.run('r2/web.yaml'))).toMatchObject({ status: 0, owed: [] });
    expect(ownFolders(sandbox)).toHaveLength(1);
  });

  test('on standard input it is the file that stands there', async () => {
    const pair = makePair();
    await killedRun(pair);
    const command = `${COMMAND} /dev/stdin --json`;
    const run = async (file: string) => {
      const { stdout } = await execa('sh', ['-c', `${command} < ${file}`], {
        cwd: pair.sandbox.folder,
        reject: false,
      });
      return JSON.parse(stdout) as { status: number; owed_before: string[] };
    };
    expect(await run('mail.yaml')).toMatchObject({ status: 2, owed_before: [] });
    expect(await run('web.yaml')).toMatchObject({ status: 2, owed_before: ['nginx'] });
  });

  test('renamed: what is pending is asked for by the run of the new name', async () => {
    const pair = makePair();
    await killedRun(pair);
    const { sandbox } = pair;
    renameSync(sandbox.path('web.yaml'), sandbox.path('www.yaml'));
    expect(told(await pair.run('mail.yaml'))).toMatchObject({ owed: [], stderr: '' });
    expect(told(await pair.run('www.yaml'))).toMatchObject({ status: 2, owed: ['nginx'] });
    expect(told(await pair.run('www.yaml'))).toEqual({ status: 0, owed: [], stderr: '' });
    expect(pendingReloads(sandbox, WEB)).toEqual([]);
  });

  test('removed: when nobody asks for its reloads for a day, the runs of others say so', async () => {
    const pair = makePair();
    await killedRun(pair);
    const { sandbox } = pair;
    sandbox.remove('web.yaml');
    expect(told(await pair.run('mail.yaml'))).toMatchObject({ owed: [], stderr: '' });
    const pending = pendingReloadsFile(sandbox, WEB);
    const old = new Date(Date.now() - 25 * 3_600_000);
    utimesSync(sandbox.path(pending), old, old);
    const { status, stderr } = await runOcspbot(['mail.yaml'], { cwd: sandbox.folder });
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(
        /^warning: no configuration has asked for the reload of nginx, pending since \S+Z: reload it, then remove \S+reload-debt\.json\n$/,
      ),
    ]);
    expect(pendingReloads(sandbox, WEB)).toEqual(['nginx']);
  });
});

describe('what an earlier version has left in the state folder itself', () => {
  const owed = (...services: string[]) => `${JSON.stringify({ schema: 1, services })}\n`;

  function makeCalm(): Pair {
    const pair = makePair();
    pki.responder.reset();
    return pair;
  }

  test('goes to the configurations whose services they are, once', async () => {
    const { sandbox, run } = makeCalm();
    for (const file of ['web.yaml', 'mail.yaml']) await run(file);
    sandbox.write(FORMER, owed('exim4', 'nginx'));
    expect(told(await run('mail.yaml'))).toMatchObject({ status: 2, owed: ['exim4'] });
    expect(JSON.parse(sandbox.text(FORMER))).toMatchObject({ services: ['nginx'] });
    expect(told(await run('web.yaml'))).toMatchObject({ status: 2, owed: ['nginx'] });
    expect(sandbox.exists(FORMER)).toBe(false);
    for (const file of ['web.yaml', 'mail.yaml'])
      expect(told(await run(file))).toEqual({ status: 0, owed: [], stderr: '' });
  });

  test('certificates of no service are those of a configuration that has some', async () => {
    const { sandbox, run } = makeCalm();
    await run('mail.yaml');
    sandbox.write(FORMER, owed('-'));
    expect(told(await run('mail.yaml'))).toMatchObject({ status: 0, owed: [] });
    const domain = sandbox.writeCertificate('bare.example', pki.issue());
    sandbox.writeConfiguration({ ocsp_folder: 'ocsp', domains: { 'bare.example': domain } }, 'bare.yaml');
    expect((await run('bare.yaml')).status).toBe(2);
    sandbox.write(FORMER, owed('-'));
    expect(told(await run('bare.yaml')).status).toBe(2);
    expect(sandbox.exists(FORMER)).toBe(false);
  });

  test('damaged: the first run reloads all of its own, and warns of the others', async () => {
    const { sandbox, run } = makeCalm();
    await run('mail.yaml');
    sandbox.write(FORMER, '{');
    const first = await run('mail.yaml');
    expect(told(first)).toMatchObject({ status: 2, owed: ['exim4'] });
    expect(reportOf(first).warnings).toEqual([
      expect.stringMatching(
        /reload-debt\.json is damaged: every service may be owed a reload, also those of other configurations/,
      ),
    ]);
    expect(told(await run('mail.yaml'))).toEqual({ status: 0, owed: [], stderr: '' });
  });

  test('is left to a run of that version which is at work', async () => {
    const pair = makePair();
    const { sandbox, run } = pair;
    const child = startOcspbot(['web.yaml'], { cwd: sandbox.folder });
    await until(() => pki.requestsFor(pair.stalled.certificate).length > 0);
    await run('mail.yaml');
    // As that version would lock the folder.
    sandbox.write('ocsp/.ocspbot/lock-1', sandbox.read(`${stateOf(sandbox, WEB)}/lock-1`));
    sandbox.write(FORMER, owed('exim4'));
    expect(told(await run('mail.yaml'))).toEqual({ status: 0, owed: [], stderr: '' });
    await child.kill();
    expect(told(await run('mail.yaml'))).toMatchObject({ status: 2, owed: ['exim4'] });
  });
});

describe('a rollback', () => {
  test('is kept by the configuration that it was asked of', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { staple: 'due' });
    workspace.configure({ make_backups: true });
    expect((await workspace.run()).status).toBe(2);
    const args = ['rollback', 'a.example', '--config', 'ocspbot.yaml'];
    expect((await workspace.runCommand(...args)).status).toBe(2);
    const own = stateOf(workspace.sandbox);
    const note = workspace.sandbox.list(own).find((name) => name.startsWith('put-back-'));
    expect(note).toBeDefined();
    // As an earlier version kept it.
    renameSync(workspace.sandbox.path(`${own}/${note}`), workspace.sandbox.path(`ocsp/.ocspbot/${note}`));
    const kept = await workspace.run();
    expect(kept.stdout).toContain('restored by a rollback');
    expect((await workspace.run('--force')).status).toBe(2);
    expect(workspace.sandbox.exists(`ocsp/.ocspbot/${note}`)).toBe(false);
  });
});

test('a run of root makes its folder for the user who owns the state folder', async (context) => {
  requireRoot(context);
  const workspace = makeWorkspace(pki);
  workspace.add('a.example', { staple: 'fresh' });
  workspace.configure();
  const { sandbox } = workspace;
  mkdirSync(sandbox.path('ocsp/.ocspbot'));
  for (const name of ['ocsp', 'ocsp/.ocspbot', 'ocsp/a.example.ocsp'])
    chownSync(sandbox.path(name), 65_534, 65_534);
  expect((await workspace.run()).status).toBe(0);
  expect(statSync(sandbox.path(stateOf(sandbox))).uid).toBe(65_534);
  expect(await forUnprivilegedUser(workspace).run()).toMatchObject({ status: 0, stderr: '' });
});

// A container often drops all capabilities, and in a user namespace root is not that of the host.
test.for([
  ['without capabilities', 'setpriv', ['--bounding-set=-all', '--inh-caps=-all']],
  ['of a user namespace that lacks the owner', 'unshare', ['--user', '--map-root-user']],
] as const)(
  'root %s, who cannot give files away, keeps its folder',
  async ([, program, options], context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    workspace.add('a.example');
    workspace.configure({ make_backups: true });
    const { sandbox } = workspace;
    chownSync(sandbox.path('ocsp'), 65_534, 65_534);
    chmodSync(sandbox.path('ocsp'), 0o777);
    const args = [...options, process.execPath, PROGRAM, 'ocspbot.yaml'];
    const run = await execa(requireProgram(program, 'util-linux', context), args, {
      cwd: sandbox.folder,
      env: { TZ: 'UTC' },
      reject: false,
    });
    expect(run).toMatchObject({ exitCode: 2, stderr: '' });
    expect(statSync(sandbox.path(stateOf(sandbox))).uid).toBe(0);
  },
);
