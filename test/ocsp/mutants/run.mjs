// Disables the checks of src/ocsp/verify one by one, in a copy, and counts the tests that notice: `npm run mutants`.
// A check that nobody misses is an error. `--list` only finds them.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { mutants } from './mutants.mjs';

const ROOT = resolve(import.meta.dirname, '../../..');
const COPIED = ['src', 'test', 'fixtures', 'package.json', 'tsconfig.json', 'vitest.config.ts'];
const TESTS = ['test/ocsp/fixtures.test.ts', 'test/ocsp/verdicts.test.ts', 'test/x509/chains.test.ts'];
const PARALLEL = 2;

async function makeCopy() {
  const folder = await mkdtemp(join(tmpdir(), 'ocspbot-mutants-'));
  for (const name of COPIED) await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** How many tests there are, and how many of them went red. */
async function runTests(folder) {
  const report = join(folder, 'report.json');
  await rm(report, { force: true });
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const words = [vitest, 'run', ...TESTS, '--root', folder, '--reporter=json', `--outputFile=${report}`];
  await new Promise((done) => execFile(process.execPath, words, { cwd: folder }, done));
  const { numTotalTests, numFailedTests } = JSON.parse(await readFile(report, 'utf8'));
  return { total: numTotalTests, red: numFailedTests };
}

async function runMutant(folder, { file, source, mutated }) {
  await writeFile(join(folder, file), mutated);
  const result = await runTests(folder);
  await writeFile(join(folder, file), source);
  return result;
}

/** One worker: takes mutants from the common list until it is empty. */
async function work(waiting, results, expected) {
  const folder = await makeCopy();
  try {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const { total, red } = await runMutant(folder, mutant);
      if (total !== expected)
        throw new Error(`${mutant.what}: ${total} tests were run instead of ${expected}`);
      results.set(mutant, red);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function countTests() {
  const folder = await makeCopy();
  const { total, red } = await runTests(folder);
  await rm(folder, { recursive: true });
  if (total === 0 || red > 0) throw new Error(`unchanged, ${red} of ${total} tests are red`);
  return total;
}

/** `npm run mutants` tries all of them; among the other campaigns one of every four, as it takes minutes. */
const EVERY = process.env['OCSPBOT_CAMPAIGNS'] === 'long' ? 4 : 1;
const SEED = Number(process.env['OCSPBOT_SEED'] ?? 1);

const all = (await mutants(ROOT)).filter((_, index) => (index + SEED) % EVERY === 0);
if (process.argv.includes('--list')) {
  for (const { what, where } of all) console.log(`${what} | ${where}`);
  process.exit();
}
const total = await countTests();
const results = new Map();
const waiting = [...all];
await Promise.all(Array.from({ length: PARALLEL }, () => work(waiting, results, total)));

const noticed = all.filter((mutant) => results.get(mutant) > 0).length;
console.log(`| check removed | where | tests that went red, of ${total} |\n|---|---|---:|`);
for (const mutant of all) console.log(`| ${mutant.what} | ${mutant.where} | ${results.get(mutant)} |`);
console.log(`\n${noticed} of ${all.length} were noticed`);
if (noticed < all.length) process.exitCode = 1;
