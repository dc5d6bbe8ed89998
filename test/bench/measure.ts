import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A process from its start to its end. */
export interface Sample {
  /** Seconds by the clock on the wall, and seconds of processors. */
  readonly wall: number;
  readonly cpu: number;
  /** MiB that were resident at most. */
  readonly peak: number;
}

export interface Contestant {
  readonly command: readonly string[];
  /** Exit statuses that are no failure; by default 0. */
  readonly statuses?: readonly number[];
  /** Done before each run, and not measured. */
  readonly prepare?: () => void;
}

/**
 * Runs the contestants in turn, so that a machine that becomes slower does so for all of them. The first round is not
 * counted. A missing contestant has no samples.
 */
export async function race<Name extends string>(
  rounds: number,
  contestants: Readonly<Record<Name, Contestant | undefined>>,
): Promise<Record<Name, Sample[]>> {
  const names = Object.keys(contestants) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as Sample[]])) as Record<Name, Sample[]>;
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const contestant = contestants[name];
      const sample = contestant && (await runOnce(contestant));
      if (round > 0 && sample !== undefined) samples[name].push(sample);
    }
  }
  return samples;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** The accounts of the operating system are read by GNU time; its output is thrown away, as cron would. */
export async function runOnce({ command, statuses = [0], prepare }: Contestant): Promise<Sample> {
  prepare?.();
  const folder = mkdtempSync(join(tmpdir(), 'ocspbot-bench-'));
  const accounts = join(folder, 'accounts');
  try {
    const begin = performance.now();
    const status = await run(['/usr/bin/time', '--quiet', '-f', '%U %S %M', '-o', accounts, ...command]);
    const wall = (performance.now() - begin) / 1000;
    if (!statuses.includes(status)) throw new Error(`status ${status} of ${command.join(' ')}`);
    const [user = 0, system = 0, peak = 0] = readFileSync(accounts, 'utf8').split(' ').map(Number);
    return { wall, cpu: user + system, peak: peak / 1024 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Most machines have no CAs in this variable. Node.js 20 reads those that are there whenever it starts, in 60 ms. */
const ENVIRONMENT = { ...process.env, NODE_EXTRA_CA_CERTS: undefined };

function run([program = '', ...args]: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.resume();
    child.once('error', (cause) =>
      reject(new Error(`${program} is needed: apt-get install time`, { cause })),
    );
    child.once('close', (status) => resolve(status ?? -1));
  });
}
