import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { assertDescribed } from '../../support/reports.js';
import { PROGRAM, type Run } from '../../support/run.js';

export interface ChildOptions {
  readonly cwd: string;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** The program; by default the built one. */
  readonly program?: string | undefined;
  /** Replaces the usual PATH and HOME. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The umask; by default that of this process. */
  readonly umask?: number | undefined;
}

/** The program while it runs. */
export interface Child {
  readonly pid: number;
  /** Returns the output so far. */
  output(): { readonly stdout: string; readonly stderr: string };
  /** Writes to its standard input, and ends it. */
  give(bytes: Uint8Array): void;
  kill(): Promise<void>;
  end(): Promise<Run>;
}

/** Starts the program without waiting for its end. It is killed when the test ends. */
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
    if (signal === null) await assertDescribed(args, output.stdout);
    return { status: status ?? undefined, signal: signal ?? undefined, ...output };
  };
  return {
    pid: child.pid ?? 0,
    output: () => output,
    give: (bytes) => void child.stdin.end(bytes),
    kill: async () => {
      child.kill('SIGKILL');
      await closed;
    },
    end,
  };
}

/** Waits for an effect of a child, until the time limit of the test. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}
