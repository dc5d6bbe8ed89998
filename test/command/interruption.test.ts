import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { requireProgram, requireRoot } from '../support/require.js';
import { PROGRAM } from '../support/run.js';
import { startOcspbot, until } from './support/child.js';
import { outcomesOf, reportOf } from './support/report.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import { pendingReloads, writePendingReloads } from './support/state.js';

const pki = openTestPki();

interface Begun {
  readonly workspace: Workspace;
  readonly child: ReturnType<typeof startOcspbot>;
}

/** A run that has done one certificate, waits for the responder about another, and has one more before it. */
async function begin(...args: readonly string[]): Promise<Begun> {
  const workspace = makeWorkspace(pki);
  workspace.add('done.example', { entry: { services: ['web'] } });
  const { certificate } = workspace.add('waiting.example', { staple: 'due', entry: { services: ['mail'] } });
  workspace.add('left.example');
  pki.responder.set('stall', certificate);
  workspace.configure({ services: { web: {}, mail: {} }, parallel_threads: 1, http: { timeout: '60s' } });
  const child = startOcspbot(['ocspbot.yaml', ...args], { cwd: workspace.sandbox.folder });
  await until(() => pki.requestsFor(certificate).length > 0);
  pki.responder.set('good', certificate);
  return { workspace, child };
}

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  test('what is installed is installed, the report and the status are true, the reloads stay pending', async () => {
    const { workspace, child } = await begin('--json');
    process.kill(child.pid, signal);
    const run = await child.end();
    expect(run).toMatchObject({ status: 34, signal: undefined });
    const report = reportOf(run);
    expect(report).toMatchObject({
      status: 34,
      stopped: 'interrupted',
      reload: ['web'],
      not_reached: ['left.example'],
    });
    expect(outcomesOf(report)).toEqual({
      'done.example': 'updated absent',
      'waiting.example': 'deferred interrupted',
    });
    expect(workspace.staple('done.example')).toBeDefined();
    expect(workspace.staple('left.example')).toBeUndefined();
    const next = await workspace.run('--json');
    expect(next.status).toBe(6);
    expect(reportOf(next)).toMatchObject({ owed_before: ['web'], reload: ['web', 'mail'] });
    expect((await workspace.run('--quiet')).status).toBe(0);
  });

  test('people are told', async () => {
    const { child } = await begin();
    process.kill(child.pid, signal);
    const { stderr } = await child.end();
    expect(stderr).toContain(`error: the run was interrupted by ${signal}; not looked at: left.example\n`);
    expect(stderr).toMatch(/^ {2}hint: what was installed stays; the next run does the rest/m);
  });
});

test('in the middle of the reloads: those that are left are not begun, and all stay owed', async () => {
  const workspace = makeWorkspace(pki);
  workspace.add('example.com', { entry: { services: ['web'] } });
  // The reload takes its time, and all certificates are done.
  const reload = ['sh', '-c', 'echo > begun; exec sleep 60'];
  workspace.configure({
    services: { web: { reload }, mail: { reload: ['touch', 'never'] } },
    run_reloads: true,
  });
  writePendingReloads(workspace.sandbox, ['mail']);
  const child = startOcspbot(['ocspbot.yaml', '--json'], { cwd: workspace.sandbox.folder });
  await until(() => workspace.sandbox.exists('begun'));
  process.kill(child.pid, 'SIGTERM');
  const run = await child.end();
  expect(run.status).toBe(38);
  expect(reportOf(run)).toMatchObject({
    stopped: 'interrupted',
    not_reached: [],
    reload: ['mail', 'web'],
    reloads: [{ service: 'web', outcome: 'failed', reason: 'killed' }],
  });
  expect(workspace.sandbox.exists('never')).toBe(false);
  expect(pendingReloads(workspace.sandbox)).toEqual(['mail', 'web']);
});

test('is heard in the midst of a long list with nothing to do', async () => {
  const workspace = makeWorkspace(pki);
  const { certificate, entry } = workspace.add('example.com', { staple: 'fresh' });
  const response = pki.response(certificate, -60_000, 86_400_000);
  const names = Array.from({ length: 3000 }, (_, index) => `${index}.example`);
  for (const name of names) workspace.sandbox.write(`ocsp/${name}.ocsp`, response);
  const domains = Object.fromEntries(names.map((name) => [name, { ...entry, ocsp: `${name}.ocsp` }]));
  workspace.sandbox.writeConfiguration({ ocsp_folder: 'ocsp', domains });
  const child = startOcspbot(['ocspbot.yaml', '--verbose'], { cwd: workspace.sandbox.folder });
  await until(() => child.output().stdout.includes('unchanged'));
  process.kill(child.pid, 'SIGTERM');
  const run = await child.end();
  expect(run.status).toBe(32);
  expect(run.stdout).toMatch(
    /^\d+ certificates: \d+ unchanged, \d+ not looked at \(interrupted\); nothing to reload; status 32 \(needs attention: \d+ not looked at\)$/m,
  );
});

test('a second one ends the process at once, and the reloads stay pending', async () => {
  const workspace = makeWorkspace(pki);
  workspace.add('example.com', { entry: { services: ['web'] } });
  // The first signal reaches it, and does not end it.
  const reload = [
    'sh',
    '-c',
    'trap "echo > told" TERM; echo > begun; while [ -e begun ]; do sleep 0.1; done',
  ];
  workspace.configure({ services: { web: { reload } }, run_reloads: true });
  const child = startOcspbot(['ocspbot.yaml'], { cwd: workspace.sandbox.folder });
  await until(() => workspace.sandbox.exists('begun'));
  process.kill(child.pid, 'SIGTERM');
  await until(() => workspace.sandbox.exists('told'));
  // One that comes together with the first is no second one.
  await until(() => !isSent(child.pid, 'SIGTERM'));
  expect(await child.end()).toMatchObject({ status: undefined, signal: 'SIGTERM' });
  expect(pendingReloads(workspace.sandbox)).toContain('web');
});

/** Sends a signal; false if the process has ended. */
function isSent(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

test('a second one also ends the first process of a container, which its own signals do not end', async (context) => {
  requireRoot(context);
  requireProgram('unshare', 'util-linux', context);
  const workspace = makeWorkspace(pki);
  workspace.add('example.com', { entry: { services: ['web'] } });
  const reload = ['sh', '-c', 'trap "" TERM; while kill -TERM 1; do sleep 0.1; done'];
  workspace.configure({ services: { web: { reload } }, run_reloads: true, reload_timeout: '3s' });
  const command = ['--pid', '--fork', process.execPath, PROGRAM, 'ocspbot.yaml'];
  const run = await execa('unshare', command, { cwd: workspace.sandbox.folder, reject: false });
  expect(run.exitCode).toBe(128 + 15);
  expect(pendingReloads(workspace.sandbox)).toContain('web');
});

test('of the caller alone: nobody takes the status, so the next run asks for the reloads', async () => {
  const workspace = makeWorkspace(pki);
  const { certificate } = workspace.add('example.com', { entry: { services: ['web'] } });
  let answer = (): void => undefined;
  const after = new Promise<void>((resolve) => (answer = resolve));
  pki.responder.set({ kind: 'with', after }, certificate);
  workspace.configure({ services: { web: {} } });
  const command = ['"$0" "$@"; exit', process.execPath, PROGRAM, 'ocspbot.yaml'];
  const caller = spawn('/bin/sh', ['-c', ...command], { cwd: workspace.sandbox.folder });
  let stderr = '';
  caller.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // The run has the same pipe, so it ends with the run.
  const closed = once(caller, 'close');
  await until(() => pki.requestsFor(certificate).length > 0);
  caller.kill('SIGKILL');
  await once(caller, 'exit');
  answer();
  await closed;
  expect(workspace.staple('example.com')).toBeDefined();
  expect(stderr).toMatch(
    /^warning: whoever started this run has ended: .*\n {2}hint: the next run asks for the reloads again$/m,
  );
  expect((await workspace.run()).status).toBe(2);
  expect((await workspace.run()).status).toBe(0);
});

test('one that comes twice at once counts once, as timeout(1) sends it to the process and to its group', async () => {
  const { child } = await begin('--json');
  for (let count = 0; count < 20; count += 1) process.kill(child.pid, 'SIGTERM');
  const run = await child.end();
  expect(run).toMatchObject({ status: 34, signal: undefined });
  expect(reportOf(run)).toMatchObject({ stopped: 'interrupted', reload: ['web'] });
});
