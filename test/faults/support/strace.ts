import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Run } from '../../support/run.js';
import { readCalls, type Call } from './calls.js';
import { startPaused, type Thread } from './paused-program.js';

/** A fault of one system call: the nth call of this name in this thread. */
export interface Fault {
  readonly thread: Thread;
  readonly name: string;
  readonly nth: number;
  /** An action of strace's `inject`: `signal=KILL`, `error=EIO`, `retval=1`. */
  readonly what: string;
}

/** Runs the program and returns its calls that concern files below its working folder, and its exit. */
export async function recordCalls(args: readonly string[], cwd: string): Promise<Call[]> {
  const paused = await startPaused(args, cwd);
  const tracer = await attach(Object.values(paused.threads), ['-e', 'trace=%file,%desc,exit_group']);
  paused.go();
  await paused.end;
  const threads = new Map(Object.entries(paused.threads).map(([name, id]) => [id, name as Thread]));
  return readCalls(await tracer.log, cwd, threads);
}

/**
 * Runs the program with a fault. `hit` is the call that the fault hit, or undefined if there was none. The run is killed if
 * the fault hit a call of Node itself: for example, Node may wait for ever for a thread that was never woken.
 */
export async function runWithFault(
  args: readonly string[],
  cwd: string,
  { thread, name, nth, what }: Fault,
): Promise<{ readonly run: Run; readonly hit: Call | undefined }> {
  const paused = await startPaused(args, cwd);
  const id = paused.threads[thread];
  const isOurs = (line: string): boolean => readCalls(line, cwd, new Map([[id, thread]])).length > 0;
  const options = ['-e', `trace=${name}`, '-e', `inject=${name}:${what}:when=${nth}`];
  const tracer = await attach([id], options, (line) => {
    if (line.endsWith('(INJECTED)') && !isOurs(line)) paused.kill();
  });
  paused.go();
  const run = await paused.end;
  const calls = readCalls(await tracer.log, cwd, new Map([[id, thread]]));
  return { run, hit: calls.find((call) => call.nth === nth) };
}

/** Attaches strace to these threads only, since calls of other threads must not count. Returns when it is attached. */
async function attach(
  threads: readonly number[],
  options: readonly string[],
  onLine: (line: string) => void = () => {},
): Promise<{ readonly log: Promise<string> }> {
  const ids = threads.flatMap((id) => ['-p', String(id)]);
  const tracer = spawn('strace', [...ids, '-y', '-s', '300', ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines: string[] = [];
  const input = createInterface({ input: tracer.stderr });
  const log = once(input, 'close').then(() => lines.join('\n'));
  return new Promise((resolve, reject) => {
    let waitingFor = threads.length;
    input.on('line', (line) => {
      lines.push(line);
      onLine(line);
      if (line.endsWith(' attached') && --waitingFor === 0) resolve({ log });
    });
    void log.then((said) => reject(new Error(`strace has not attached: ${said}`)));
  });
}
