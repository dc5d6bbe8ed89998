import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { PROGRAM, type Run } from '../../support/run.js';

export interface ChildOptions {
  readonly cwd: string;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** The program; that of all other tests without it. */
  readonly program?: string | undefined;
  /** In place of the usual PATH and HOME. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** That of this process without it. */
  readonly umask?: number | undefined;
}

/** The program while it runs. */
export interface Child {
  readonly pid: number;
  /** So far. */
  output(): { readonly stdout: string; readonly stderr: string };
  kill(): Promise<void>;
  end(): Promise<Run>;
}

/** Starts the program and does not wait for its end. It ends with the test. */
export function startOcspbot(args: readonly string[], options: ChildOptions): Child {
  const { cwd, user, program = PROGRAM, umask } = options;
  const env = { TZ: 'UTC', ...(options.env ?? { PATH: process.env['PATH'] ?? '', HOME: cwd }) };
  const node = [process.execPath, program, ...args];
  const [command = '', ...rest] =
    umask === undefined ? node : ['/bin/sh', '-c', `umask ${umask.toString(8)} && exec "$0" "$@"`, ...node];
  const child = spawn(command, rest, { cwd, env, ...user });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  }
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  const end = async (): Promise<Run> => {
    const [status, signal] = await closed;
    return { status: status ?? undefined, signal: signal ?? undefined, ...output };
  };
  return {
    pid: child.pid ?? 0,
    output: () => output,
    kill: async () => {
      child.kill('SIGKILL');
      await closed;
    },
    end,
  };
}

/** Waits for something that a child brings about; the time limit of the test ends it. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}
