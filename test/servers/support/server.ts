import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { onTestFinished } from 'vitest';
import { isListening } from '../../support/port.js';
import { until } from './until.js';

/** A program that serves until its test is over. */
export interface Server {
  readonly pid: number;
  /** All that it has printed. */
  log(): string;
  /** Sends a signal and waits for what the program prints then. */
  signal(name: NodeJS.Signals, answer: RegExp): Promise<void>;
  /** Kills it and what it has started, and waits for its end. */
  stop(): Promise<void>;
}

/** Reports whether a started program is ready. */
export type Ready = (server: Server) => Promise<boolean>;

export function listensOn(port: number): Ready {
  return () => isListening(port);
}

export function prints(text: RegExp): Ready {
  return async (server) => text.test(server.log());
}

/** Starts a program in the foreground and waits until it is ready. That it never is, is an error with its log. */
export async function startServer(
  command: readonly [string, ...string[]],
  isReady: Ready,
  environment: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const server = launch(command, { ...process.env, ...environment });
  const isUp = async (): Promise<boolean> => {
    if (server.hasEnded()) throw new Error('it ended');
    return isReady(server);
  };
  await until('it is ready', isUp).catch(withLog(`the start of ${command.join(' ')}`, server.log));
  return server;
}

/** Adds what a program has printed to the error of a wait for it. */
function withLog(what: string, log: () => string) {
  return (cause: unknown): never => {
    throw new Error(`${what}: ${String(cause)}; its log:\n${log()}`, { cause });
  };
}

function launch(
  [program, ...args]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
): Server & { hasEnded(): boolean } {
  // A process group of its own, so that workers end together with their master.
  const child = spawn(program, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
  }
  let hasEnded = false;
  const end = new Promise<void>((resolve) => {
    child.on('error', (error) => output.push(error.message)).on('close', () => resolve());
    child.on('exit', () => (hasEnded = true)).on('error', () => (hasEnded = true));
  });
  const log = (): string => output.join('');
  const stop = async (): Promise<void> => {
    killGroup(child.pid);
    await end;
  };
  onTestFinished(stop);
  return {
    pid: child.pid ?? 0,
    log,
    signal: async (name, answer) => {
      // HAProxy listens before it hears signals.
      await until(`${program} hears ${name}`, async () => catches(child.pid, name));
      const before = log().length;
      child.kill(name);
      await until(`${program} prints ${answer}`, async () => answer.test(log().slice(before))).catch(
        withLog(`${program} after ${name}`, log),
      );
    },
    stop,
    hasEnded: () => hasEnded,
  };
}

/** proc(5): `SigCgt` is the mask of the signals that a process has handlers for. */
function catches(pid: number | undefined, name: NodeJS.Signals): boolean {
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return ((BigInt(`0x${mask}`) >> BigInt(constants.signals[name] - 1)) & 1n) === 1n;
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
