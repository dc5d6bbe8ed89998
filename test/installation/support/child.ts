import {
  spawn,
  type ChildProcessWithoutNullStreams,
  type SpawnOptionsWithoutStdio,
} from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';

export const NOBODY = { uid: 65_534, gid: 65_534 } as const;

/** Bundles a program of `../programs` into a folder; returns its path. */
export async function bundle(program: string, folder: string): Promise<string> {
  const outfile = join(folder, `${program}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(`../programs/${program}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return outfile;
}

export interface Child {
  readonly pid: number;
  /** The next line that it prints, or undefined at its end. */
  line(): Promise<string | undefined>;
  kill(): Promise<void>;
  /** Status, and whatever lines were not read. */
  end(): Promise<{
    readonly status: number | null;
    readonly lines: readonly string[];
    readonly errors: string;
  }>;
}

export function start(command: readonly string[], options: SpawnOptionsWithoutStdio = {}): Child {
  const [program = '', ...args] = command;
  const child = spawn(program, args, options);
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close') as Promise<[number | null]>;
  const errors: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const lines = linesOf(child);
  return {
    pid: child.pid ?? 0,
    line: async () => (await lines.next()).value as string | undefined,
    kill: async () => {
      child.kill('SIGKILL');
      await closed;
    },
    end: async () => {
      const rest: string[] = [];
      for await (const line of { [Symbol.asyncIterator]: () => lines }) rest.push(line);
      const [status] = await closed;
      return { status, lines: rest, errors: errors.join('') };
    },
  };
}

function linesOf(child: ChildProcessWithoutNullStreams): AsyncIterator<string> {
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
}

export function startNode(script: string, argument: unknown, options: SpawnOptionsWithoutStdio = {}): Child {
  return start([process.execPath, script, JSON.stringify(argument)], options);
}
