import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PROGRAM } from '../support/run.js';
import { until } from './support/child.js';
import { reportOf } from './support/report.js';
import { makeSetting, type Setting } from './support/setting.js';
import { openStage } from './support/stage.js';

const stage = openStage();

/** One certificate that is new, and so many with long names that the report is longer than a pipe. */
function setUp(keys: Readonly<Record<string, unknown>> = {}): Setting {
  const setting = makeSetting(stage);
  const { entry } = setting.add('new.example', { entry: { services: ['web'] } });
  const fresh = setting.add('fresh.example', { staple: 'fresh' });
  const staple = setting.sandbox.read(fresh.file);
  const domains: Record<string, object> = { 'new.example': { ...entry, services: ['web'] } };
  for (let index = 0; index < 600; index++) {
    setting.sandbox.write(`ocsp/${index}.ocsp`, staple);
    domains[`${index}-${'x'.repeat(200)}.example`] = { ...fresh.entry, ocsp: `${index}.ocsp` };
  }
  setting.sandbox.writeConfiguration({ ocsp_folder: 'ocsp', services: { web: {} }, ...keys, domains });
  return setting;
}

/** A run whose standard output nobody reads, until `read` is called. */
function startUnread({ sandbox }: Setting) {
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
    const setting = setUp();
    const { closed, output, read } = startUnread(setting);
    await until(() => output.stderr.includes('nobody reads the output'));
    await until(() => setting.staple('new.example') !== undefined);
    let next = await setting.run('--json');
    // The lock is released in the moment after the warning.
    while (next.status === 75) next = await setting.run('--json');
    expect(reportOf(next)).toMatchObject({ owed_before: ['web'], reload: ['web'] });
    read();
    const [status] = await closed;
    expect(status).toBe(2);
    expect(reportOf({ ...next, stdout: output.stdout }).certificates).toHaveLength(601);
  });

  test('a signal ends the wait for it, and a second one the process', async () => {
    const setting = setUp();
    const { child, closed } = startUnread(setting);
    await until(() => setting.staple('new.example') !== undefined);
    let isClosed = false;
    void closed.then(() => (isClosed = true));
    // The first may come before the run waits for its reader.
    const timer = setInterval(() => isClosed || child.kill('SIGTERM'), 200);
    child.stdout.resume();
    child.stdout.pause();
    const [status, signal] = await closed;
    clearInterval(timer);
    expect([status, signal]).toEqual([null, 'SIGTERM']);
    expect((await setting.run('--json')).status).toBe(2);
  });
});

describe('a pipe in the place of a log file', () => {
  function makePipe(setting: Setting): string {
    const path = setting.sandbox.path('log');
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    return path;
  }

  test.each(['output_log', 'error_log'])('that nobody reads is refused: %s', async (key) => {
    const setting = setUp({ [key]: 'log' });
    makePipe(setting);
    const { status, stderr } = await setting.run();
    expect(status).toBe(73);
    expect(stderr).toMatch(
      /^error: the log file \S+log is a pipe that nobody reads\n {2}hint: start its reader /m,
    );
    expect(setting.staple('new.example')).toBeUndefined();
  });

  test('whose reader takes nothing ends the log, and not the run', async () => {
    const setting = setUp({ output_log: 'log' });
    const reader = openSync(makePipe(setting), 'r+');
    onTestFinished(() => closeSync(reader));
    const { status, stderr } = await setting.run();
    expect(status).toBe(2);
    expect(stderr).toMatch(/^warning: the log file \S+log ends here: .*nobody reads from this pipe/m);
  });
});
