import { readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { makeAuthority } from '../support/ca.js';
import { makeManyCertificates } from '../support/many-certificates.js';
import { requireProgram } from '../support/require.js';
import { startResponder } from '../support/responder.js';
import { PROGRAM } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

/*
 * The costs of a certificate, in counts that are the same on every machine: the difference between a run with twenty
 * certificates and one with ten, divided by ten. The start of the program is in both.
 */

const COUNT = 10;

/** Counts the signatures that the program verifies. Node.js loads this before the program. */
const COUNTER = `
const crypto = require('node:crypto');
const { verify } = crypto;
let count = 0;
crypto.verify = (...args) => { count += 1; return verify(...args); };
process.on('exit', () => require('node:fs').writeFileSync('verifications', String(count)));
`;

/** The log of V8, with a line for each shape of an object (a map) that it makes. */
const LOG = ['--log-maps', '--no-log-maps-details', '--logfile=shapes', '--no-logfile-per-isolate'];

const TRACE = ['-f', '-c', '-U', 'name,calls', '-o', 'calls', '-e', 'trace=%file,%desc,fsync'];

/** Calls by their names, and \`verify\`: signatures verified. */
type Counts = Readonly<Record<string, number>>;

async function countsOf(
  sandbox: Sandbox,
  configuration: string,
  statuses: readonly number[],
): Promise<Counts> {
  const { exitCode, stderr } = await execa(
    'strace',
    [...TRACE, process.execPath, '--require', './counter.cjs', PROGRAM, configuration],
    { cwd: sandbox.folder, reject: false, stdin: 'ignore', stdout: 'ignore' },
  );
  expect(statuses, stderr).toContain(exitCode);
  const read = (name: string) => readFileSync(join(sandbox.folder, name), 'utf8');
  const calls = read('calls').matchAll(/^\s*([a-z]\w*)\s+(\d+)$/gm);
  return {
    ...Object.fromEntries([...calls].map(([, name, count]) => [name, Number(count)])),
    verify: Number(read('verifications')),
  };
}

/** Counts the shapes of objects that V8 makes in a run. */
async function shapesOf(sandbox: Sandbox, configuration: string): Promise<number> {
  await execa(process.execPath, [...LOG, PROGRAM, configuration], {
    ...{ cwd: sandbox.folder, reject: false, stdin: 'ignore', stdout: 'ignore' },
  });
  const log = readFileSync(join(sandbox.folder, 'shapes'), 'utf8');
  return [...log.matchAll(/^map,(?:Transition|Normalize)/gm)].length;
}

/** Measures the calls that each of ten more certificates adds. Returns the sum of those with the given names. */
async function measure(
  sandbox: Sandbox,
  statuses: readonly number[],
  prepare: () => void,
): Promise<(...names: string[]) => number> {
  // The first runs also make the state folder, and look for what other configurations have left in it.
  for (const configuration of ['few.yaml', 'many.yaml']) {
    prepare();
    await countsOf(sandbox, configuration, statuses);
  }
  prepare();
  const few = await countsOf(sandbox, 'few.yaml', statuses);
  prepare();
  const many = await countsOf(sandbox, 'many.yaml', statuses);
  return (...names) => names.reduce((sum, name) => sum + (many[name] ?? 0) - (few[name] ?? 0), 0) / COUNT;
}

/** Certificates of an RSA CA with their root chains, good staples, and configurations that list ten and twenty of them. */
async function writeEstate(): Promise<{ sandbox: Sandbox; removeStaples: () => void }> {
  const sandbox = makeSandbox();
  const authority = makeAuthority({ key: 'rsa-2048', name: 'Costs' });
  const responder = await startResponder({ issuers: [authority.intermediate] });
  onTestFinished(() => responder.close());
  const made = makeManyCertificates({ count: 2 * COUNT, authority, ocspUrl: responder.url, now: Date.now() });
  const { root, intermediate } = authority;
  sandbox.write('counter.cjs', COUNTER);
  for (const { name, certificate, response } of made) {
    sandbox.write(`certs/${name}.pem`, certificate.pem);
    sandbox.write(`certs/${name}-chain.pem`, intermediate.pem);
    sandbox.write(`certs/${name}-rootchain.pem`, intermediate.pem + root.pem);
    sandbox.write(`staples/${name}.ocsp-resp`, response);
  }
  const write = (file: string, count: number) =>
    sandbox.write(
      file,
      `{ocsp_folder: staples, make_backups: no, minimum_validity: 3d, domains: {${made
        .slice(0, count)
        .map(
          ({ name }) =>
            `${name}: {cert: certs/${name}.pem, chain: certs/${name}-chain.pem, rootchain: certs/${name}-rootchain.pem, ocsp: ${name}.ocsp-resp}`,
        )
        .join(', ')}}}`,
    );
  write('few.yaml', COUNT);
  write('many.yaml', 2 * COUNT);
  const removeStaples = () => {
    for (const { name } of made) rmSync(join(sandbox.folder, `staples/${name}.ocsp-resp`), { force: true });
  };
  return { sandbox, removeStaples };
}

/** The folders on the way to a staple: realpath(3) asks of each whether it is a link. */
const DEPTH = join(realpathSync(tmpdir()), 'sandbox/staples').split('/').length - 1;

/** The greatest counts of a certificate. A change that lowers them lowers them here. */
const MOST = {
  // Each file is looked at, opened, its facts read, its content read, and closed.
  fresh: {
    verify: 2,
    openat: 4.5,
    read: 4.5,
    stat: 8.9,
    readlink: 0,
    getdents64: 0.9,
    fsync: 0.1,
    total: 24,
  },
  // The reads and writes of a refresh are also those of the network, which come as they come.
  refreshed: {
    verify: 2,
    openat: 9,
    stat: 18.5,
    // The folder is resolved twice.
    readlink: 2.3 * DEPTH,
    getdents64: 0.9,
    fsync: 1.1,
    rename: 1,
  },
};

/** The calls that read facts of a file have other names on other systems. */
const FACTS: Readonly<Record<string, readonly string[]>> = {
  stat: ['statx', 'newfstatat', 'fstat', 'lstat'],
};

const STATUS = { good: 0, reload: 2 };

test.for([
  { what: 'a certificate with nothing due', most: MOST.fresh, status: STATUS.good },
  { what: 'a certificate that is refreshed', most: MOST.refreshed, status: STATUS.reload },
])('$what costs no more system calls and verifications than it did', async ({ most, status }, context) => {
  requireProgram('strace', 'strace', context);
  const { sandbox, removeStaples } = await writeEstate();
  const cost = await measure(sandbox, [status], status === STATUS.good ? () => undefined : removeStaples);
  const counts = Object.fromEntries(
    Object.keys(most).map((name) => [name, cost(...(FACTS[name] ?? [name]))]),
  );
  const over = Object.entries(counts).filter(([name, count]) => count > most[name as keyof typeof most]);
  expect(over, JSON.stringify(counts)).toEqual([]);
  // Each of four files is opened, so the counts are not those of a run that did nothing. The ten may share one opening less.
  expect(cost('openat')).toBeGreaterThan(3.5);
  expect(cost('verify')).toBe(most.verify);
});

const ROUNDS = 5;

test.for([
  { what: 'a certificate with nothing due', most: 1, isDue: false },
  // An AbortSignal of Node.js has three.
  { what: 'a certificate that is refreshed', most: 6, isDue: true },
])('the objects of $what have the shapes of those before', async ({ most, isDue }) => {
  const { sandbox, removeStaples } = await writeEstate();
  const measured = async (configuration: string) => {
    if (isDue) removeStaples();
    return await shapesOf(sandbox, configuration);
  };
  await measured('many.yaml');
  let [few, many] = [Infinity, Infinity];
  const shapes = () => (many - few) / COUNT;
  // A run that has to wait for other programs may make a few shapes more, never fewer: the least counts.
  for (let round = 0; round < ROUNDS && !(shapes() <= most); round++) {
    few = Math.min(few, await measured('few.yaml'));
    many = Math.min(many, await measured('many.yaml'));
  }
  expect(few).toBeGreaterThan(1000);
  expect(shapes()).toBeLessThanOrEqual(most);
});
