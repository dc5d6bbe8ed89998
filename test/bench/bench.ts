/**
 * Measures the built program. Each figure is next to that of bare Node, and next to a reference in another language if
 * one is there (references.ts). Whole processes are measured, in turn, several times.
 */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { PARALLEL, URL, openCertificateSet, removeStaples } from './certificate-sets.js';
import { median, race, runOnce, type Contestant, type Sample } from './measure.js';
import * as references from './references.js';
import { startResponder } from './responder.js';
import { figure, heading, row } from './table.js';

const PROGRAM = resolve('dist/bin/ocspbot.js');
const UPDATED = 1;

const bare: Contestant = { command: [process.execPath, '-e', '1'] };
const ocspbot = (configuration: string): Contestant => ({
  command: [process.execPath, PROGRAM, configuration],
});

const [one, thousand, tenThousand] = [
  openCertificateSet(1),
  openCertificateSet(1000),
  openCertificateSet(10_000),
];
console.log(heading());
await start();
await nothingDue('scanned', 'found', '≤ 1.0 × reference');
await nothingDue('listed', 'listed', '≤ 1.7 × reference');
await refresh();
console.log(
  figure(
    'the program in one file',
    `${(statSync('dist/ocspbot.js').size / 2 ** 20).toFixed(2)} MiB`,
    '≤ 1 MiB',
  ),
);
console.log(figure('packages that come with it', String(dependencies()), '0'));

async function start(): Promise<void> {
  const samples = await race(40, { bare, ours: ocspbot(one.listed) });
  console.log(row('1, nothing due', samples.ours, { ...samples, reference: [], aim: '≤ 1.7 × node' }));
}

async function nothingDue(configuration: 'scanned' | 'listed', how: string, aim: string): Promise<void> {
  const reference = references.nothingDue(tenThousand.folder, tenThousand.count);
  const samples = await race(5, {
    bare,
    few: ocspbot(thousand[configuration]),
    many: ocspbot(tenThousand[configuration]),
    reference: reference && { command: reference },
  });
  const growth = medianWall(samples.many) / medianWall(samples.few);
  console.log(row(`1,000 ${how}, nothing due`, samples.few, { ...samples, reference: [], aim: '' }));
  console.log(row(`10,000 ${how}, nothing due`, samples.many, { ...samples, aim }));
  console.log(figure('  10,000 ÷ 1,000', growth.toFixed(1), '≤ 10.5'));
}

async function refresh(): Promise<void> {
  const prepare = () => removeStaples(thousand);
  const ours = { ...ocspbot(thousand.listed), statuses: [UPDATED], prepare };
  const reference = references.refresh(thousand.folder, thousand.count, URL, PARALLEL);
  const responder = await startResponder(thousand);
  const samples = await race(5, {
    bare,
    ours,
    reference: reference && { command: reference, prepare },
  });
  await responder.stop();
  console.log(row('1,000 refreshed, synced', samples.ours, { ...samples, aim: '≤ 3 × reference' }));
  const another = await startResponder(thousand);
  await runOnce(ours);
  const { requests, connections } = await another.stop();
  console.log(figure('  requests per connection', (requests / connections).toFixed(0), '≥ 50'));
}

function medianWall(samples: readonly Sample[]): number {
  return median(samples.map(({ wall }) => wall));
}

function dependencies(): number {
  const { dependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies?: object };
  return Object.keys(dependencies).length;
}
