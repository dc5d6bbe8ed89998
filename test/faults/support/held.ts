import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { PROGRAM, type Run } from '../../support/run.js';

/** Small reads are made by the main thread, all that changes something by the pool's, unless it must be synchronous. */
export type Thread = 'main' | 'pool';

/** The program, held before its first step. */
export interface Held {
  readonly threads: Readonly<Record<Thread, number>>;
  go(): void;
  kill(): void;
  readonly end: Promise<Run>;
}

const GATE = fileURLToPath(new URL('gate.mjs', import.meta.url));

/** One thread in the pool: its calls come in the same order in every run. */
export async function startHeld(args: readonly string[], cwd: string): Promise<Held> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: cwd,
    TZ: 'UTC',
    UV_THREADPOOL_SIZE: '1',
    NODE_OPTIONS: `--import ${GATE}`,
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
    threads: JSON.parse(line) as Held['threads'],
    go: () => void (child.stdio[4] as Writable).end('x'),
    kill: () => void child.kill('SIGKILL'),
    end: closed.then(([status, signal]) => ({
      status: status ?? undefined,
      signal: signal ?? undefined,
      ...output,
    })),
  };
}
