import { chownSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { requireRoot } from '../support/require.js';
import { runOcspbot } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { startOcspbot, until } from './support/child.js';
import { forUnprivilegedUser } from './support/unprivileged-user.js';
import { reportOf } from './support/report.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import { stateOf } from './support/state.js';

const pki = openTestPki();

/** Nothing is due. */
function calm(services: object = { nginx: {}, exim4: {} }): Workspace {
  const workspace = makeWorkspace(pki);
  workspace.add('example.com', {
    staple: 'fresh',
    entry: { services: [Object.keys(services)[0] ?? 'nginx'] },
  });
  workspace.configure({ services });
  return workspace;
}

function handedBack(sandbox: Sandbox): string[] {
  const own = stateOf(sandbox);
  if (!sandbox.exists(own)) return [];
  return sandbox.list(own).filter((name) => name.startsWith('handed-back-'));
}

describe('what a caller hands back', () => {
  test('is asked for by the next run, once', async () => {
    const workspace = calm();
    const owe = await workspace.runCommand('owe', 'exim4');
    expect(owe).toMatchObject({
      status: 0,
      stdout: 'the next run asks for the reload of exim4\n',
      stderr: '',
    });
    const next = await workspace.run('--json');
    expect(next.status).toBe(4);
    expect(reportOf(next)).toMatchObject({ owed_before: ['exim4'], reload: ['exim4'] });
    expect(handedBack(workspace.sandbox)).toEqual([]);
    expect((await workspace.run()).status).toBe(0);
  });

  test('may be the certificates of no service', async () => {
    const { stdout } = await calm().runCommand('owe', '-');
    expect(stdout).toBe('the next run asks for the reload of what uses the certificates of no service\n');
  });

  test('is asked for again as long as it is handed back again', async () => {
    const workspace = calm();
    for (let hour = 0; hour < 3; hour++) {
      await workspace.runCommand('owe', 'nginx', 'ocspbot.yaml');
      expect((await workspace.run()).status).toBe(2);
    }
    expect((await workspace.run()).status).toBe(0);
  });

  test('by several at once: all of it', async () => {
    const workspace = calm({ a: {}, b: {}, c: {}, d: {} });
    const names = Array.from({ length: 12 }, (_, index) => 'abcd'.charAt(index % 4));
    const runs = await Promise.all(names.map((name) => workspace.runCommand('owe', name)));
    expect(runs.map(({ status }) => status)).toEqual(names.map(() => 0));
    expect((await workspace.run()).status).toBe(30);
    expect((await workspace.run()).status).toBe(0);
  });

  test('is reloaded by a run that reloads by itself', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('example.com', { staple: 'fresh', entry: { services: ['nginx'] } });
    const reload = ['touch', workspace.sandbox.path('reloaded')];
    workspace.configure({ run_reloads: true, services: { nginx: { reload } } });
    await workspace.runCommand('owe', 'nginx');
    expect((await workspace.run()).status).toBe(0);
    expect(workspace.sandbox.exists('reloaded')).toBe(true);
    expect(handedBack(workspace.sandbox)).toEqual([]);
  });

  test('survives a run that dies, and a dry run', async () => {
    const workspace = calm();
    const slow = workspace.add('slow.example', { staple: 'due', entry: { services: ['nginx'] } });
    workspace.configure({ services: { nginx: {}, exim4: {} }, http: { timeout: '30s' } });
    pki.responder.set('stall', slow.certificate);
    await workspace.runCommand('owe', 'exim4');
    expect((await workspace.run('--dry-run', '--only', 'example.com')).status).toBe(0);
    const child = startOcspbot(['ocspbot.yaml'], { cwd: workspace.sandbox.folder });
    await until(() => pki.requestsFor(slow.certificate).length > 0);
    await child.kill();
    pki.responder.reset();
    const next = await workspace.run('--json');
    expect(reportOf(next)).toMatchObject({ status: 6, owed_before: ['exim4'], reload: ['exim4', 'nginx'] });
  });

  test('while a run is at work stays for the next one, also where this one reloads the same service', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('example.com', { staple: 'due', entry: { services: ['nginx'] } });
    const slow = workspace.add('slow.example', { staple: 'due', entry: { services: ['nginx'] } });
    workspace.configure({ services: { nginx: {} }, http: { timeout: '5m', attempts: 1 } });
    let answer = () => {};
    const owed = new Promise<void>((resolve) => (answer = resolve));
    pki.responder.set({ kind: 'with', after: owed }, slow.certificate);
    const child = startOcspbot(['ocspbot.yaml', '--json'], { cwd: workspace.sandbox.folder });
    await until(() => pki.requestsFor(slow.certificate).length > 0);
    expect((await workspace.runCommand('owe', 'nginx')).status).toBe(0);
    answer();
    expect(reportOf(await child.end())).toMatchObject({ status: 2, owed_before: [], reload: ['nginx'] });
    expect(handedBack(workspace.sandbox)).toHaveLength(1);
    const next = await workspace.run('--only', 'example.com', '--json');
    expect(reportOf(next)).toMatchObject({ status: 2, owed_before: ['nginx'] });
    expect((await workspace.run('--only', 'example.com')).status).toBe(0);
  });

  test('belongs to its configuration', async () => {
    const workspace = calm();
    workspace.sandbox.write('other.yaml', workspace.sandbox.read('ocspbot.yaml'));
    await workspace.runCommand('owe', 'nginx', 'other.yaml');
    expect((await workspace.run()).status).toBe(0);
    expect((await runOcspbot(['other.yaml'], { cwd: workspace.sandbox.folder })).status).toBe(2);
  });

  test('by root can be taken over by the user of the runs', async (context) => {
    requireRoot(context);
    const workspace = calm();
    const { sandbox } = workspace;
    for (const name of ['ocsp', 'ocsp/example.com.ocsp']) chownSync(sandbox.path(name), 65_534, 65_534);
    await workspace.runCommand('owe', 'nginx');
    expect(statSync(sandbox.path(stateOf(sandbox))).uid).toBe(65_534);
    expect(await forUnprivilegedUser(workspace).run()).toMatchObject({ status: 2 });
    expect(await forUnprivilegedUser(workspace).run()).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('the command line', () => {
  const SERVICES = { nginx: {}, exim4: {}, 'mail.yaml': {} };

  test.each<[args: readonly string[], owed: readonly string[]]>([
    [['nginx'], ['nginx']],
    [
      ['nginx', 'exim4', 'nginx'],
      ['nginx', 'exim4'],
    ],
    [['nginx', 'ocspbot.yaml'], ['nginx']],
    [
      ['nginx', 'exim4', './ocspbot.yaml'],
      ['nginx', 'exim4'],
    ],
    [['./ocspbot.yaml', 'nginx'], ['nginx']],
    [['nginx', '--config', 'ocspbot.yaml'], ['nginx']],
    [['mail.yaml', '--config', 'ocspbot.yaml'], ['mail.yaml']],
    [['-'], ['-']],
    [
      ['-', 'nginx'],
      ['-', 'nginx'],
    ],
  ])('%j', async (args, owed) => {
    const sandbox = makeSandbox();
    sandbox.writeConfiguration({ services: SERVICES });
    const run = await runOcspbot(['owe', '--json', ...args], { cwd: sandbox.folder });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toEqual({ schema: 1, status: 0, owed });
  });

  test.each<[args: readonly string[], status: number, message: RegExp]>([
    [[], 64, /^error: owe needs the names of services\n/],
    [['ocspbot.yaml'], 64, /^error: owe needs the names of services\n/],
    [
      ['ngnix'],
      64,
      /^error: the configuration "ocspbot\.yaml" has no service "ngnix"\n {2}hint: did you mean "nginx"\?/,
    ],
    [
      ['apache2'],
      64,
      /has no service "apache2"\n {2}hint: it has nginx, exim4, mail\.yaml; the configuration is/,
    ],
    [['nginx', 'ngnix'], 64, /has no service "ngnix"/],
    [['nginx', 'a.yaml', 'b.yaml'], 64, /^error: one CONFIG is enough, there is also "b\.yaml"\n/],
    [['nginx', 'missing.yaml'], 78, /^error: there is no configuration "\S+missing\.yaml"\n/],
  ])('%j is refused, and nothing is noted', async (args, status, message) => {
    const sandbox = makeSandbox();
    sandbox.writeConfiguration({ services: SERVICES });
    const run = await runOcspbot(['owe', ...args], { cwd: sandbox.folder });
    expect(run).toMatchObject({ status, stdout: '' });
    expect(run.stderr).toMatch(message);
    expect(sandbox.list()).toEqual(['ocspbot.yaml']);
  });

  test('a state folder of others', async (context) => {
    requireRoot(context);
    const workspace = calm();
    workspace.sandbox.write(`${stateOf(workspace.sandbox)}/.keep`, '');
    forUnprivilegedUser(workspace);
    const child = startOcspbot(['owe', 'nginx'], {
      cwd: workspace.sandbox.folder,
      user: { uid: 65_534, gid: 65_534 },
      program: workspace.sandbox.path('ocspbot.js'),
    });
    const run = await child.end();
    expect(run).toMatchObject({ status: 73, stdout: '' });
    expect(run.stderr).toMatch(/^error: cannot note in .*\n {2}hint: run ocspbot as the owner/);
  });
});
