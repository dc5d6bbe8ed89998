import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PROGRAM } from '../support/run.js';
import { until } from './support/child.js';
import { reportOf } from './support/report.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';

const pki = openTestPki();

/** Prepares one new certificate, and many with long names, so that the report is longer than the buffer of a pipe. */
function setUp(keys: Readonly<Record<string, unknown>> = {}): Workspace {
  const workspace = makeWorkspace(pki);
  const { entry } = workspace.add('new.example', { entry: { services: ['web'] } });
  const fresh = workspace.add('fresh.example', { staple: 'fresh' });
  const staple = workspace.sandbox.read(fresh.file);
  const domains: Record<string, object> = { 'new.example': { ...entry, services: ['web'] } };
  for (let index = 0; index < 600; index++) {
    workspace.sandbox.write(`ocsp/${index}.ocsp`, staple);
    domains[`${index}-${'x'.repeat(200)}.example`] = { ...fresh.entry, ocsp: `${index}.ocsp` };
  }
  workspace.sandbox.writeConfiguration({ ocsp_folder: 'ocsp', services: { web: {} }, ...keys, domains });
  return workspace;
}

/** A run whose standard output nobody reads, until `read` is called. */
function startUnread({ sandbox }: Workspace) {
  const child = spawn(process.execPath, [PROGRAM, 'ocspbot.yaml', '--json'], {
    cwd: sandbox.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  const output = { stdout: '', stderr: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const read = () => child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  return { child, closed, output, read };
}

describe('a reader of standard output that does not read', () => {
  test('does not keep the lock: the next run works and asks for the reload, and whoever reads late gets all', async () => {
    const workspace = setUp();
    const { closed, output, read } = startUnread(workspace);
    await until(() => output.stderr.includes('nobody reads the output'));
    await until(() => workspace.staple('new.example') !== undefined);
    let next = await workspace.run('--json');
    // The lock is released in the moment after the warning.
    while (next.status === 75) next = await workspace.run('--json');
    expect(reportOf(next)).toMatchObject({ owed_before: ['web'], reload: ['web'] });
    read();
    const [status] = await closed;
    expect(status).toBe(2);
    expect(reportOf({ ...next, stdout: output.stdout }).certificates).toHaveLength(601);
  });

  test('a signal ends the wait for it, and a second one the process', async () => {
    const workspace = setUp();
    const { child, closed } = startUnread(workspace);
    await until(() => workspace.staple('new.example') !== undefined);
    let isClosed = false;
    void closed.then(() => (isClosed = true));
    // The first may come before the run waits for its reader.
    const timer = setInterval(() => isClosed || child.kill('SIGTERM'), 200);
    child.stdout.resume();
    child.stdout.pause();
    const [status, signal] = await closed;
    clearInterval(timer);
    expect([status, signal]).toEqual([null, 'SIGTERM']);
    expect((await workspace.run('--json')).status).toBe(2);
  });
});

describe('a pipe in the place of a log file', () => {
  function makePipe(workspace: Workspace): string {
    const path = workspace.sandbox.path('log');
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    return path;
  }

  test.each(['output_log', 'error_log'])('that nobody reads is refused: %s', async (key) => {
    const workspace = setUp({ [key]: 'log' });
    makePipe(workspace);
    const { status, stderr } = await workspace.run();
    expect(status).toBe(73);
    expect(stderr).toMatch(
      /^error: the log file \S+log is a pipe that nobody reads\n {2}hint: start its reader /m,
    );
    expect(workspace.staple('new.example')).toBeUndefined();
  });

  test('whose reader takes nothing ends the log, and not the run', async () => {
    const workspace = setUp({ output_log: 'log' });
    const reader = openSync(makePipe(workspace), 'r+');
    onTestFinished(() => closeSync(reader));
    const { status, stderr } = await workspace.run();
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^warning: the log file \S+log is a pipe whose reader takes nothing\n {2}hint: see what its reader waits for; the log ends here/m,
    );
  });
});
