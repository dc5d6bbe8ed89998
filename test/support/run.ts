import { chmodSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { assertDescribed } from './reports.js';

const built = (name: string): string => fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));

/** The command as it is installed: the one named by the environment, or that of this checkout. */
export const PROGRAM = process.env['OCSPBOT_PROGRAM'] ?? built('bin/ocspbot.js');

/** The command in a script of a shell. The path of the checkout may have a space. */
export const COMMAND = `'${process.execPath}' '${PROGRAM}'`;

/** A script that is the command, for a folder of PATH. */
export const COMMAND_SCRIPT = `#!/bin/sh\nexec ${COMMAND} "$@"\n`;

/** The whole program in one file, which may be copied anywhere. */
export const ONE_FILE = built('ocspbot.js');

/** Copies the program to where every user may read it, as the checkout may be in a folder of root. Returns its path. */
export function copyForAllUsers(folder: string): string {
  const program = join(folder, 'ocspbot.js');
  copyFileSync(ONE_FILE, program);
  chmodSync(program, 0o755);
  chmodSync(folder, 0o755);
  return program;
}

export interface RunOptions {
  readonly cwd: string;
  /** Added to an environment that has nothing but PATH, HOME (the working folder) and TZ. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The time zone; by default UTC. */
  readonly timeZone?: string | undefined;
  readonly input?: string | Uint8Array | undefined;
}

export interface Run {
  /** Undefined when a signal ended it. */
  readonly status: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Milliseconds: only what hangs takes so long, however busy the machine is. */
const HANGS = 240_000;

/** Runs the program to its end. That it was too slow is an error, whatever its status. */
export async function runOcspbot(args: readonly string[], options: RunOptions): Promise<Run> {
  const result = await execa(process.execPath, [PROGRAM, ...args], {
    cwd: options.cwd,
    env: environment(options),
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    timeout: HANGS,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
  });
  if (result.timedOut)
    throw new Error(`ocspbot ${args.join(' ')} took too long: ${result.stdout}${result.stderr}`);
  const { exitCode: status, signal, stdout, stderr } = result;
  if (signal === undefined) await assertDescribed(args, stdout);
  return { status, signal, stdout, stderr };
}

function environment({ cwd, env = {}, timeZone = 'UTC' }: RunOptions): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: cwd, TZ: timeZone, ...env };
}
