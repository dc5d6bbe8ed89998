/**
 * Measures the built program in the forms in which it is used. Each figure is next to that of bare Node, and next to a
 * reference in another language if one is there (references.ts). Whole processes are measured, in turn, several times.
 *
 * OCSPBOT_BENCH=all measures 100,000 certificates, too. To make them takes a quarter of an hour.
 */
import { readFileSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import {
  addOtherFiles,
  type CertificateSet,
  deleteStaplesPutAway,
  openCertificateSet,
  PARALLEL,
  putAwayStaples,
  removeOtherFiles,
  URL,
} from './certificate-sets.js';
import { median, race, runOnce, type Contestant, type Sample } from './measure.js';
import * as references from './references.js';
import { startResponder } from './responder.js';
import { figure, heading, row } from './table.js';

const PROGRAM = resolve('dist/bin/ocspbot.js');
/** The bit of services that have no other: reload them. */
const UPDATED = 2;

const bare: Contestant = { command: [process.execPath, '-e', '1'] };
const ocspbot = (configuration: string): Contestant => ({
  command: [process.execPath, PROGRAM, configuration],
});

const [one, thousand, tenThousand] = [
  openCertificateSet(1),
  openCertificateSet(1000),
  openCertificateSet(10_000),
];
console.log(`${cpus().length} × ${cpus()[0]?.model.trim()}, Node.js ${process.version}`);
console.log(heading());
await start(0);
await start(3000);
await start(30_000);
await delegated();
await nothingDue('scanned', 'found', '≤ 0.6 × reference, ≤ 130 MiB');
await nothingDue('listed', 'listed', '≤ 0.75 × reference');
if (process.env['OCSPBOT_BENCH'] === 'all') await hundredThousand();
await refresh(one, '≤ 1.0 × before');
await refresh(thousand, '≤ 1.8 × reference');
console.log(
  figure(
    'the program in one file',
    `${(statSync('dist/ocspbot.js').size / 2 ** 20).toFixed(2)} MiB`,
    '≤ 1 MiB',
  ),
);
console.log(figure('packages that come with it', String(dependencies()), '0'));

/** One certificate, whose files lie among others. */
async function start(others: number): Promise<void> {
  addOtherFiles(one, others);
  const samples = await race(30, { bare, ours: ocspbot(one.listed) });
  removeOtherFiles(one);
  const what = others === 0 ? '1, nothing due' : `  among ${others.toLocaleString('en')} files`;
  console.log(row(what, samples.ours, { ...samples, reference: [], aim: '≤ 1.45 × node' }));
}

/** The reference is the same number of certificates whose issuer signs their responses. */
async function delegated(): Promise<void> {
  const samples = await race(5, {
    bare,
    ours: ocspbot(openCertificateSet(1000, 'delegate').scanned),
    reference: ocspbot(thousand.scanned),
  });
  console.log(row('1,000 delegated ÷ 1,000 direct', samples.ours, { ...samples, aim: '≤ 1.15 × reference' }));
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

/** The reference is a tenth of the certificates. */
async function hundredThousand(): Promise<void> {
  const samples = await race(1, {
    bare,
    ours: ocspbot(openCertificateSet(100_000).scanned),
    reference: ocspbot(tenThousand.scanned),
  });
  console.log(row('100,000 found ÷ 10,000 found', samples.ours, { ...samples, aim: '≤ 11, ≤ 700 MiB' }));
}

async function refresh(set: CertificateSet, aim: string): Promise<void> {
  const prepare = () => putAwayStaples(set);
  const ours = { ...ocspbot(set.listed), statuses: [UPDATED], prepare };
  const reference = references.refresh(set.folder, set.count, URL, PARALLEL);
  const responder = await startResponder(set);
  const samples = await race(5, {
    bare,
    ours,
    reference: reference && { command: reference, prepare },
  });
  await responder.stop();
  console.log(row(`${set.count.toLocaleString('en')} refreshed, synced`, samples.ours, { ...samples, aim }));
  if (set.count >= PARALLEL) {
    const another = await startResponder(set);
    await runOnce(ours);
    const { requests, connections } = await another.stop();
    console.log(figure('  requests per connection', (requests / connections).toFixed(0), '≥ 50'));
  }
  deleteStaplesPutAway(set);
}

function medianWall(samples: readonly Sample[]): number {
  return median(samples.map(({ wall }) => wall));
}

function dependencies(): number {
  const { dependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies?: object };
  return Object.keys(dependencies).length;
}
