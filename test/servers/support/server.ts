import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { isListening } from './port.js';
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
export async function startServer(command: readonly [string, ...string[]], isReady: Ready): Promise<Server> {
  const server = launch(command);
  const isUp = async (): Promise<boolean> => {
    if (server.hasEnded()) throw new Error('it ended');
    return isReady(server);
  };
  await until('it is ready', isUp).catch((cause: unknown) => {
    throw new Error(`${command.join(' ')} does not start; its log:\n${server.log()}`, { cause });
  });
  return server;
}

function launch([program, ...args]: readonly [string, ...string[]]): Server & { hasEnded(): boolean } {
  // A process group of its own, so that workers end together with their master.
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
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
      const before = log().length;
      child.kill(name);
      await until(`${program} prints ${answer}`, async () => answer.test(log().slice(before)));
    },
    stop,
    hasEnded: () => hasEnded,
  };
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
