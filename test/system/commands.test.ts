import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { LIMITS } from '../../src/util/limits.js';
import { runCommand } from '../../src/system/commands.js';
import { createProcesses } from '../../src/system/processes.js';
import { makeSandbox } from '../support/sandbox.js';

const MINUTE = 60_000;

function sh(script: string) {
  return runCommand(['/bin/sh', '-c', script], { timeout: MINUTE });
}

/**
 * Runs a script, and lets so much time pass as soon as it has written its pid files. No other time passes: however slow
 * the machine is, the script gets as far as that, and what follows waits for the ends of processes.
 */
async function runFor(elapsed: number, script: string, pidFiles: readonly string[]) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const result = sh(script);
  await expect.poll(() => pidFiles.every(isWritten), { timeout: MINUTE }).toBe(true);
  await vi.advanceTimersByTimeAsync(elapsed);
  return await result;
}

function isWritten(file: string): boolean {
  return existsSync(file) && readFileSync(file, 'utf8').endsWith('\n');
}

/** Reports whether the process is alive whose pid a script has written to a file. */
function isAlive(file: string): boolean {
  const pid = Number(readFileSync(file, 'utf8'));
  return createProcesses().isAlive({ pid, started: '', host: createProcesses().self.host });
}

describe('what becomes of a command', () => {
  test.each([
    ['exit 0', { kind: 'succeeded' }],
    ['echo out; echo err >&2', { kind: 'succeeded' }],
    ['exit 3', { kind: 'failed', status: 3, output: '' }],
    ['echo out; sleep 0.1; echo err >&2; exit 255', { kind: 'failed', status: 255, output: 'out\nerr\n' }],
    ['printf "no newline"; kill -9 $$', { kind: 'killed', signal: 'SIGKILL', output: 'no newline' }],
    ['cat; exit 1', { kind: 'failed', status: 1, output: '' }],
    ['printf "\\377\\000x"; exit 1', { kind: 'failed', status: 1, output: '\ufffd\0x' }],
  ])('%j', async (script, expected) => expect(await sh(script)).toEqual(expected));

  test('not started', async () => {
    const sandbox = makeSandbox();
    const text = sandbox.write('text', 'no program\n', 0o644);
    const script = sandbox.write('script', '#!/does/not/exist\n', 0o755);
    const run = (path: string) => runCommand([path], { timeout: MINUTE });
    expect(await run('no-such-program-anywhere')).toEqual({ kind: 'not-started', code: 'ENOENT' });
    expect(await run(sandbox.path('missing'))).toEqual({ kind: 'not-started', code: 'ENOENT' });
    expect(await run(script)).toEqual({ kind: 'not-started', code: 'ENOENT' });
    expect(await run(text)).toEqual({ kind: 'not-started', code: 'EACCES' });
    expect(await run(sandbox.folder)).toEqual({ kind: 'not-started', code: 'EACCES' });
    const long = await runCommand(['/bin/echo', 'x'.repeat(4 * 1024 * 1024)], { timeout: MINUTE });
    expect(long).toEqual({ kind: 'not-started', code: 'E2BIG' });
  });

  test('it has our environment and working folder', async () => {
    process.env['OCSPBOT_TEST'] = 'a b';
    onTestFinished(() => void delete process.env['OCSPBOT_TEST']);
    const result = await sh('echo "$OCSPBOT_TEST"; pwd; exit 1');
    expect(result).toMatchObject({ output: `a b\n${process.cwd()}\n` });
  });

  test('it begins in the root folder where the working folder was removed', async () => {
    const gone = makeSandbox().path('gone');
    const before = process.cwd();
    onTestFinished(() => process.chdir(before));
    mkdirSync(gone);
    process.chdir(gone);
    rmdirSync(gone);
    expect(await sh('pwd; exit 1')).toMatchObject({ output: '/\n' });
  });

  test('of much output the end is kept, and it is not stopped by it', async () => {
    const result = await sh('head -c 20000000 /dev/zero | tr "\\0" x; echo; echo the end; exit 1');
    const output = result.kind === 'failed' ? result.output : '';
    expect(result).toMatchObject({ kind: 'failed', status: 1 });
    expect(output).toHaveLength(LIMITS.commandOutput);
    expect(output.endsWith('xxx\nthe end\n')).toBe(true);
  });

  test('a daemon that it has started lives on, and is not waited for', async () => {
    const sandbox = makeSandbox();
    const pid = sandbox.path('pid');
    expect(await sh(`sleep 60 & echo $! > ${pid}`)).toEqual({ kind: 'succeeded' });
    expect(isAlive(pid)).toBe(true);
    process.kill(Number(readFileSync(pid, 'utf8')), 'SIGKILL');
  });
});

describe('when the time is up', () => {
  test('what heeds SIGTERM may still say something', async () => {
    const own = makeSandbox().path('own');
    // The shell may say on its standard error, before or after that, that its sleep was terminated.
    const script = `exec 2>/dev/null; trap "echo stopped; exit 0" TERM; echo begun; echo $$ > ${own}; while :; do sleep 0.01; done`;
    expect(await runFor(MINUTE, script, [own])).toEqual({ kind: 'timed-out', output: 'begun\nstopped\n' });
  });

  test('what ignores SIGTERM is killed, with its children', async () => {
    const sandbox = makeSandbox();
    const [own, child] = [sandbox.path('own'), sandbox.path('child')];
    const loop = (file: string) => `trap "" TERM; echo $$ > ${file}; while :; do sleep 0.05; done`;
    const script = `sh -c '${loop(child)}' & ${loop(own)}`;
    const result = await runFor(MINUTE + LIMITS.commandGrace, script, [own, child]);
    expect(result).toEqual({ kind: 'timed-out', output: '' });
    await expect.poll(() => [own, child].map(isAlive), { timeout: MINUTE }).toEqual([false, false]);
  });

  test('a child that ignores it does not outlive its parent', async () => {
    const child = makeSandbox().path('child');
    const script = `sh -c 'trap "" TERM; echo $$ > ${child}; while :; do sleep 0.05; done' & wait`;
    expect(await runFor(MINUTE, script, [child])).toEqual({ kind: 'timed-out', output: '' });
    await expect.poll(() => isAlive(child), { timeout: MINUTE }).toBe(false);
  });
});
