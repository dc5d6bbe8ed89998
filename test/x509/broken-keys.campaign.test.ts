import { buildSync } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { byExtent, CAMPAIGN_TIMEOUT } from '../support/campaign.js';
import { NODES } from '../support/nodes.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { keysToTry } from './support/broken-keys/all.js';
import type { BrokenKey } from './support/broken-keys/broken-key.js';

/** The number of keys for one child process: a crash loses only these. */
const BATCH = 5000;
/** Milliseconds for all that is asked about one key. */
const LONGEST = 1000;

let sandbox: Sandbox;
let program: string;
let batches: readonly BrokenKey[][];

beforeAll(() => {
  sandbox = makeSandbox();
  program = sandbox.path('judge.mjs');
  const source = fileURLToPath(new URL('programs/judge-broken-keys.ts', import.meta.url));
  buildSync({ entryPoints: [source], outfile: program, bundle: true, platform: 'node', format: 'esm' });
  const keys = keysToTry({ sample: 100, long: 700, all: 7000 }, { sample: 40, long: 1, all: 1 });
  batches = Array.from({ length: Math.ceil(keys.length / BATCH) }, (_, at) =>
    keys.slice(at * BATCH, (at + 1) * BATCH),
  );
  for (const [at, batch] of batches.entries()) sandbox.write(`${at}.jsonl`, batch.map(toLine).join('\n'));
  return () => sandbox.dispose();
}, CAMPAIGN_TIMEOUT);

function toLine({ name, spki }: BrokenKey): string {
  return JSON.stringify([name, Buffer.from(spki).toString('base64')]);
}

interface Report {
  readonly count: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly slowest: number;
  readonly slowestName: string;
}

describe.each(NODES)(
  'Node $version judges broken keys of delegates, strangers and issuers',
  ({ path, version }) => {
    test(
      'without an abort, none good, none slow',
      () => {
        const reports = batches.map((_, at) => run(path, at));
        const outcomes = reports.flatMap(({ outcomes }) => Object.entries(outcomes));
        const sum: Record<string, number> = {};
        for (const [outcome, times] of outcomes) sum[outcome] = (sum[outcome] ?? 0) + times;
        const count = reports.reduce((total, report) => total + report.count, 0);
        const [slowest] = reports.toSorted((one, other) => other.slowest - one.slowest);
        console.log(`broken keys on Node ${version}: ${count}`, sum, slowest?.slowestName, slowest?.slowest);
        expect(count).toBe(batches.flat().length);
        expect(count).toBeGreaterThan(byExtent({ sample: 400, long: 20_000, all: 20_000 }));
        expect(Object.keys(sum)).not.toContain('good');
        expect(Object.keys(sum)).not.toContain('issuer found');
        expect(sum['signature-key-unsound']).toBeGreaterThan(count);
        expect(slowest?.slowest).toBeLessThan(LONGEST);
      },
      CAMPAIGN_TIMEOUT,
    );
  },
);

function run(node: string, at: number): Report {
  const progress = sandbox.path('progress');
  const words = [program, sandbox.path(`${at}.jsonl`), progress];
  const { status, signal, stdout, stderr } = spawnSync(node, words, { encoding: 'utf8' });
  if (status !== 0) {
    const last = sandbox.text('progress').trim();
    throw new Error(`ended with ${signal ?? status} at the key "${last}": ${stderr.slice(0, 2000)}`);
  }
  return JSON.parse(stdout) as Report;
}
