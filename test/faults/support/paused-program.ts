import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { PROGRAM, type Run } from '../../support/run.js';

/** The main thread makes small reads and synchronous changes; libuv's pool makes all other changes. */
export type Thread = 'main' | 'pool';

/** The program, paused before its first statement. */
export interface PausedProgram {
  readonly threads: Readonly<Record<Thread, number>>;
  go(): void;
  kill(): void;
  readonly end: Promise<Run>;
}

const PAUSE_AT_START = fileURLToPath(new URL('pause-at-start.mjs', import.meta.url));

/** Starts the program, paused. The pool has a single thread, so that its calls have the same order in every run. */
export async function startPaused(args: readonly string[], cwd: string): Promise<PausedProgram> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: cwd,
    TZ: 'UTC',
    UV_THREADPOOL_SIZE: '1',
    NODE_OPTIONS: `--import "${PAUSE_AT_START}"`,
  };
  const stdio = ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'] as const;
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env, stdio: [...stdio] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    (child[name] as Readable).setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  }
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  const [line] = (await once(createInterface({ input: child.stdio[3] as Readable }), 'line')) as [string];
  return {
    threads: JSON.parse(line) as PausedProgram['threads'],
    go: () => void (child.stdio[4] as Writable).end('x'),
    kill: () => void child.kill('SIGKILL'),
    end: closed.then(([status, signal]) => ({
      status: status ?? undefined,
      signal: signal ?? undefined,
      ...output,
    })),
  };
}
