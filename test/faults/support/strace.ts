import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
export async function recordCalls(args: readonly string[], cwd: string, folder: string): Promise<Call[]> {
  const held = await startHeld(args, cwd);
  const log = join(folder, 'calls');
  const tracer = await attach(Object.values(held.threads), log, ['-e', 'trace=%file,%desc,exit_group']);
  held.go();
  await held.end;
  await tracer.ended;
  const threads = new Map(Object.entries(held.threads).map(([name, id]) => [id, name as Thread]));
  return readCalls(readFileSync(log, 'utf8'), cwd, threads);
}

/** A run with a fault. `hit` is the call that it struck, or undefined when there was none. */
export async function runWithFault(
  args: readonly string[],
  cwd: string,
  folder: string,
  { thread, name, nth, what }: Fault,
): Promise<{ readonly run: Run; readonly hit: Call | undefined }> {
  const held = await startHeld(args, cwd);
  const id = held.threads[thread];
  const log = join(folder, 'calls');
  const tracer = await attach([id], log, ['-e', `trace=${name}`, '-e', `inject=${name}:${what}:when=${nth}`]);
  held.go();
  const run = await held.end;
  await tracer.ended;
  const calls = readCalls(readFileSync(log, 'utf8'), cwd, new Map([[id, thread]]));
  return { run, hit: calls.find((call) => call.nth === nth) };
}

/** Only these threads: the same call of another one must not count. Returns when strace holds them. */
async function attach(
  threads: readonly number[],
  log: string,
  options: readonly string[],
): Promise<{ readonly ended: Promise<unknown> }> {
  const ids = threads.flatMap((id) => ['-p', String(id)]);
  const tracer = spawn('strace', [...ids, '-y', '-s', '300', '-o', log, ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(tracer, 'close');
  let attached = 0;
  const said: string[] = [];
  for await (const line of createInterface({ input: tracer.stderr })) {
    said.push(line);
    if (line.endsWith('attached')) attached += 1;
    if (attached === threads.length) return { ended };
  }
  throw new Error(`strace has not attached: ${said.join('\n')}`);
}
