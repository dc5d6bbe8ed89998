import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Run } from '../../support/run.js';
import { readCalls, type Call } from './calls.js';
import { startHeld, type Thread } from './held.js';

/** One system call of one thread that does not come to pass: the nth of its name. */
export interface Fault {
  readonly thread: Thread;
  readonly name: string;
  readonly nth: number;
  /** As strace's `inject` has it: `signal=KILL`, `error=EIO`, `retval=1`. */
  readonly what: string;
}

/** All calls of a run that concern files below its working folder, and its end. */
export async function recordCalls(args: readonly string[], cwd: string): Promise<Call[]> {
  const held = await startHeld(args, cwd);
  const tracer = await attach(Object.values(held.threads), ['-e', 'trace=%file,%desc,exit_group']);
  held.go();
  await held.end;
  const threads = new Map(Object.entries(held.threads).map(([name, id]) => [id, name as Thread]));
  return readCalls(await tracer.log, cwd, threads);
}

/**
 * A run with a fault. `hit` is the call that it struck, or undefined when there was none. A run is killed whose fault
 * has struck Node's own work: whoever tells Node falsely that it has woken a thread may wait for ever.
 */
export async function runWithFault(
  args: readonly string[],
  cwd: string,
  { thread, name, nth, what }: Fault,
): Promise<{ readonly run: Run; readonly hit: Call | undefined }> {
  const held = await startHeld(args, cwd);
  const id = held.threads[thread];
  const isOurs = (line: string): boolean => readCalls(line, cwd, new Map([[id, thread]])).length > 0;
  const options = ['-e', `trace=${name}`, '-e', `inject=${name}:${what}:when=${nth}`];
  const tracer = await attach([id], options, (line) => {
    if (line.endsWith('(INJECTED)') && !isOurs(line)) held.kill();
  });
  held.go();
  const run = await held.end;
  const calls = readCalls(await tracer.log, cwd, new Map([[id, thread]]));
  return { run, hit: calls.find((call) => call.nth === nth) };
}

/** Only these threads: the same call of another one must not count. Returns when strace holds them. */
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
