import { execa } from 'execa';
import { PROGRAM, type Run } from '../../support/run.js';
import type { Sandbox } from '../../support/sandbox.js';

export interface Measured {
  readonly run: Run;
  /** From the start of the process to its end. */
  readonly seconds: number;
  /** Greatest resident size. */
  readonly mebibytes: number;
}

export interface MeasureOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What the command line begins with. */
  readonly prefix?: readonly string[];
}

/** Runs in the process before the program: at its end it writes down how large it was. */
const SCALES = `data:text/javascript,${encodeURIComponent(`
import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(process.env.SCALES, String(process.resourceUsage().maxRSS)));
`)}`;

/** Hangs are ended, and are then too long for every bound. */
const HANG = 180_000;

/** `ocspbot ocspbot.yaml ARGS` in a sandbox. */
export async function measure(
  sandbox: Sandbox,
  args: readonly string[],
  { env = {}, prefix = [] }: MeasureOptions = {},
): Promise<Measured> {
  const scales = sandbox.path('scales');
  const inFolder = ['sh', '-c', 'cd "$0" && exec "$@"', sandbox.folder];
  const program = [process.execPath, '--import', SCALES, PROGRAM, 'ocspbot.yaml', ...args];
  const [first = '', ...rest] = [...prefix, ...inFolder, ...program];
  const began = performance.now();
  const result = await execa(first, rest, {
    env: { PATH: process.env['PATH'] ?? '', HOME: sandbox.folder, TZ: 'UTC', SCALES: scales, ...env },
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    stdin: 'ignore',
    timeout: HANG,
    forceKillAfterDelay: 0,
  });
  const seconds = (performance.now() - began) / 1000;
  const { exitCode: status, signal, stdout, stderr } = result;
  const mebibytes = sandbox.exists('scales') ? Number(sandbox.text('scales')) / 1024 : Number.NaN;
  return { run: { status, signal, stdout, stderr }, seconds, mebibytes };
}
