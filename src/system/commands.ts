import { accessSync, constants } from 'node:fs';
import { execa } from 'execa';
import { LIMITS } from '../util/limits.js';
import type { Duration } from '../util/time.js';
import type { CommandResult, Commands, System } from './system.js';

/**
 * The command gets a process group of its own, so that its children can be stopped with it. execa does not buffer the
 * output, because it would stop a program that writes too much.
 */
const OPTIONS = { buffer: false, reject: false, detached: true, cleanup: false } as const;

type Child = ReturnType<typeof launch>;

function launch(program: string, args: readonly string[], input: string) {
  return execa(program, args, { ...OPTIONS, cwd: folderOfCommands(), input });
}

/**
 * Returns the working folder, or the root folder where no program can start there: the folder was removed, or this user
 * may not enter it, as that of root after `sudo -u`.
 */
function folderOfCommands(): string {
  try {
    const folder = process.cwd();
    accessSync(folder, constants.X_OK);
    return folder;
  } catch {
    return '/';
  }
}

type End =
  | { readonly kind: 'exited'; readonly status: number | null; readonly signal: string | null }
  | { readonly kind: 'not-started'; readonly code: string };

export const runCommand: Commands['run'] = async (argv, order) => {
  const output = new Tail(LIMITS.commandOutput);
  const add = (chunk: Uint8Array) => output.add(chunk);
  return resultOf(await supervise(argv, order, { stdout: add, stderr: add }), output.text());
};

export const captureCommand: System['capture'] = async (argv, { timeout, maxBytes }) => {
  const errors = new Tail(LIMITS.commandOutput);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const keep = (chunk: Uint8Array) => {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
  };
  const end = await supervise(argv, { timeout }, { stdout: keep, stderr: (chunk) => errors.add(chunk) });
  const result = resultOf(end, errors.text());
  if (result.kind !== 'succeeded') return result;
  if (size > maxBytes) return { kind: 'too-large' };
  return { kind: 'succeeded', output: Buffer.concat(chunks).toString('utf8') };
};

type Listener = (chunk: Uint8Array) => void;

/** Runs a program until it ends or its time is up. Returns how it ended; undefined if it was stopped. */
async function supervise(
  [program, ...args]: readonly [string, ...string[]],
  { timeout, input = '' }: Parameters<Commands['run']>[1],
  listeners: { readonly stdout: Listener; readonly stderr: Listener },
): Promise<End | undefined> {
  // Signals are forwarded before the command starts: one may come as soon as it runs.
  const stopForwarding = forwardSignals(() => child.pid);
  const child = launch(program, args, input);
  child.stdout.on('data', listeners.stdout);
  child.stderr.on('data', listeners.stderr);
  const ended = endOf(child);
  const end = await within(ended, timeout);
  if (end === undefined && child.pid !== undefined) await stopGroup(child.pid, ended);
  await within(child, LIMITS.commandDrain);
  stopForwarding();
  detach(child);
  return end;
}

/**
 * Waits for the exit of the command, and not for the end of its output, which a daemon that it started may keep open
 * for years. If the command did not start, there is no exit event, and execa's result says so.
 */
function endOf(child: Child): Promise<End> {
  const exited = new Promise<End>((resolve) => {
    child.once('exit', (status, signal) => resolve({ kind: 'exited', status, signal }));
  });
  const settled = child.then<End>(({ exitCode, signal, code }) => {
    if (exitCode === undefined && signal === undefined)
      return { kind: 'not-started', code: code ?? 'unknown' };
    return { kind: 'exited', status: exitCode ?? null, signal: signal ?? null };
  });
  return Promise.race([exited, settled]);
}

async function stopGroup(leader: number, ended: Promise<End>): Promise<void> {
  signalGroup(leader, 'SIGTERM');
  await within(ended, LIMITS.commandGrace);
  signalGroup(leader, 'SIGKILL');
  await within(ended, LIMITS.commandGrace);
}

/**
 * Detaches a command that cannot be ended, for example in a system call that never returns, so that this program can
 * end.
 */
function detach(child: Child): void {
  child.stdout.destroy();
  child.stderr.destroy();
  child.unref();
}

function resultOf(end: End | undefined, output: string): CommandResult {
  if (end === undefined) return { kind: 'timed-out', output };
  if (end.kind === 'not-started') return end;
  if (end.status === 0) return { kind: 'succeeded' };
  if (end.status !== null) return { kind: 'failed', status: end.status, output };
  return { kind: 'killed', signal: end.signal ?? 'unknown', output };
}

/** Waits for a promise; undefined if it takes longer than the limit. */
async function within<T>(promise: PromiseLike<T>, limit: Duration): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limit);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Sends a signal to the leader of a process group and to all that is left in the group. */
function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // The group has ended, or belongs to another user by now (sudo): nothing can be done.
  }
}

/**
 * Forwards signals to the process group of a command, which a terminal does not know. If there is no other listener for
 * the signal, it then ends this program too. The returned function ends the forwarding.
 */
function forwardSignals(leader: () => number | undefined): () => void {
  const stop = () => {
    for (const signal of FORWARDED) process.off(signal, pass);
  };
  const pass = (signal: NodeJS.Signals) => {
    stop();
    const pid = leader();
    if (pid !== undefined) signalGroup(pid, signal);
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  for (const signal of FORWARDED) process.on(signal, pass);
  return stop;
}

/** Keeps the last `limit` bytes of a stream, and never holds more than twice as many. */
class Tail {
  readonly #limit: number;
  #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > 2 * this.#limit) this.#shorten();
  }

  text(): string {
    this.#shorten();
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  #shorten(): void {
    const last = Buffer.concat(this.#chunks).subarray(-this.#limit);
    this.#chunks = [last];
    this.#size = last.length;
  }
}
