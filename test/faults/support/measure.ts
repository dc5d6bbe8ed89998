import { execa } from 'execa';
import { PROGRAM, type Run } from '../../support/run.js';
import type { Sandbox } from '../../support/sandbox.js';

export interface Measured {
  readonly run: Run;
  /** The time from the start of the process to its end. */
  readonly seconds: number;
  /** The maximum resident size. */
  readonly mebibytes: number;
}

export interface MeasureOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The beginning of the command line. */
  readonly prefix?: readonly string[];
}

/** A module that is preloaded into the program, and writes its maximum resident size to a file at exit. */
const MEMORY_RECORDER = `data:text/javascript,${encodeURIComponent(`
import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(process.env.MEMORY_FILE, String(process.resourceUsage().maxRSS)));
`)}`;

/** Milliseconds after which a hanging program is killed. This is longer than any accepted time. */
const HANG = 180_000;

/** Runs `ocspbot ocspbot.yaml ARGS` in a sandbox, and measures it. */
export async function measure(
  sandbox: Sandbox,
  args: readonly string[],
  { env = {}, prefix = [] }: MeasureOptions = {},
): Promise<Measured> {
  const memoryFile = sandbox.path('memoryFile');
  const inFolder = ['sh', '-c', 'cd "$0" && exec "$@"', sandbox.folder];
  const program = [process.execPath, '--import', MEMORY_RECORDER, PROGRAM, 'ocspbot.yaml', ...args];
  const [first = '', ...rest] = [...prefix, ...inFolder, ...program];
  const began = performance.now();
  const result = await execa(first, rest, {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: sandbox.folder,
      TZ: 'UTC',
      MEMORY_FILE: memoryFile,
      ...env,
    },
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    stdin: 'ignore',
    timeout: HANG,
    forceKillAfterDelay: 0,
  });
  const seconds = (performance.now() - began) / 1000;
  const { exitCode: status, signal, stdout, stderr } = result;
  const mebibytes = sandbox.exists('memoryFile') ? Number(sandbox.text('memoryFile')) / 1024 : Number.NaN;
  return { run: { status, signal, stdout, stderr }, seconds, mebibytes };
}
