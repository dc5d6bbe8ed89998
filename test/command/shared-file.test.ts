import { describe, expect, onTestFinished, test } from 'vitest';
import { mountAgain } from '../installation/support/tmpfs.js';
import { makeAuthority, makeResponse, type TestCertificate } from '../support/ca.js';
import { makeKey } from '../support/keys.js';
import { formatInstant } from '../../src/util/time.js';
import { requireRoot } from '../support/require.js';
import { startResponder, type Mode } from '../support/responder.js';
import type { SingleOptions } from '../support/response-options.js';
import { startOcspbot, until } from './support/child.js';
import { outcomesOf, reportOf } from './support/report.js';
import { openTestPki } from './support/test-pki.js';
import { DAY, HOUR, NOW } from './support/times.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';

const pki = openTestPki();

const SERVICES = { rsa: { exit_bit: 2 }, ecdsa: { exit_bit: 4 }, other: { exit_bit: 8 } };

type Change = Partial<SingleOptions>;

/** One response about certificates that share a file. */
function responseFor(
  all: readonly (readonly [certificate: TestCertificate, change?: Change])[],
  age = HOUR,
): Uint8Array {
  const times = { thisUpdate: NOW - age, nextUpdate: NOW - age + 2 * DAY };
  const singles = all.map(([certificate, change = {}]) => ({ certificate, ...times, ...change }));
  return makeResponse({ issuer: pki.authority.intermediate, singles });
}

interface Pair {
  readonly workspace: Workspace;
  readonly rsa: TestCertificate;
  readonly ecdsa: TestCertificate;
  /** Sets the answer of the responder from now on. */
  answer(bytes: Uint8Array): void;
}

/** Entries with an RSA and an ECDSA certificate that share `ocsp/both.ocsp`. */
function makePair(keys: Readonly<Record<string, unknown>> = {}, further: readonly string[] = []): Pair {
  const workspace = makeWorkspace(pki);
  const add = (name: keyof typeof SERVICES, kind: 'rsa-2048' | 'p-256') =>
    workspace.add(name, {
      certificate: { key: makeKey(kind, 'shared'), ocspUrls: [pki.responder.url, ...further] },
      entry: { ocsp: 'both.ocsp', services: [name] },
    }).certificate;
  const [rsa, ecdsa] = [add('rsa', 'rsa-2048'), add('ecdsa', 'p-256')];
  workspace.configure({ services: SERVICES, backups: { keep: 5, folder: 'backups' }, ...keys });
  workspace.sandbox.write('backups/.keep', '');
  const answer = (bytes: Uint8Array) => {
    for (const one of [rsa, ecdsa]) pki.responder.set({ kind: 'bytes', bytes }, one);
  };
  answer(responseFor([[rsa], [ecdsa]]));
  return { workspace, rsa, ecdsa, answer };
}

/** The requests about both certificates. */
function requestsFor({ rsa, ecdsa }: Pick<Pair, 'rsa' | 'ecdsa'>): number {
  return pki.requestsFor(rsa).length + pki.requestsFor(ecdsa).length;
}

describe('a file that an RSA and an ECDSA certificate share', () => {
  test('one request and one installation; both entries tell of it, and the services of both are reloaded', async () => {
    const pair = makePair();
    const { workspace, rsa, ecdsa, answer } = pair;
    const first = await workspace.run('--json');
    expect(first.status).toBe(6);
    expect(outcomesOf(reportOf(first))).toEqual({ rsa: 'updated absent', ecdsa: 'updated absent' });
    for (const { warnings } of reportOf(first).certificates) expect(warnings).toEqual([]);
    expect(requestsFor(pair)).toBe(1);
    const old = workspace.sandbox.read('ocsp/both.ocsp');

    const second = await workspace.run('--json');
    expect(second.status).toBe(0);
    expect(outcomesOf(reportOf(second))).toEqual({ rsa: 'unchanged fresh', ecdsa: 'unchanged fresh' });

    answer(responseFor([[rsa], [ecdsa]], HOUR / 2));
    expect(await workspace.run('--force', '--only', 'ecdsa')).toMatchObject({ status: 6 });
    expect(workspace.sandbox.read('ocsp/both.ocsp')).not.toEqual(old);
    const backups = workspace.sandbox.list('backups').filter((name) => name.startsWith('both'));
    expect(backups).toHaveLength(1);
    expect(workspace.sandbox.read(`backups/${backups[0]}`)).toEqual(old);
    expect(await workspace.runCommand('rollback', 'rsa', 'ocspbot.yaml')).toMatchObject({ status: 6 });
    expect(workspace.sandbox.read('ocsp/both.ocsp')).toEqual(old);
  });

  test.each<[name: string, ecdsa: Change, expected: Readonly<Record<string, string>>]>([
    [
      'revoked',
      { status: { revoked: NOW - HOUR, reason: 1 } },
      { rsa: 'deferred not-good-for-all', ecdsa: 'revoked certificate-revoked' },
    ],
    [
      'unknown',
      { status: 'unknown' },
      { rsa: 'deferred not-good-for-all', ecdsa: 'deferred certificate-unknown' },
    ],
    [
      'expired',
      { nextUpdate: NOW - 1 },
      { rsa: 'deferred not-good-for-all', ecdsa: 'deferred response-expired' },
    ],
  ])('nothing is installed when it is not good for all: %s', async (_, change, expected) => {
    const { workspace, rsa, ecdsa, answer } = makePair();
    await workspace.run();
    const before = workspace.sandbox.read('ocsp/both.ocsp');
    answer(responseFor([[rsa], [ecdsa, change]], HOUR / 2));
    const run = await workspace.run('--force', '--json');
    expect(outcomesOf(reportOf(run))).toEqual(expected);
    expect(workspace.sandbox.read('ocsp/both.ocsp')).toEqual(before);
  });

  test('nothing is installed when one of the certificates is renewed meanwhile', async () => {
    const pair = makePair();
    const { workspace, rsa, ecdsa } = pair;
    let open = (): void => undefined;
    const after = new Promise<void>((resolve) => (open = resolve));
    const bytes = responseFor([[rsa], [ecdsa]]);
    for (const one of [rsa, ecdsa])
      pki.responder.set({ kind: 'with', mode: { kind: 'bytes', bytes }, after }, one);
    const child = startOcspbot(['ocspbot.yaml', '--json'], { cwd: workspace.sandbox.folder });
    await until(() => requestsFor(pair) > 0);
    workspace.sandbox.writeCertificate('ecdsa', pki.issue({ key: makeKey('p-256', 'shared') }));
    open();
    const report = reportOf(await child.end());
    expect(outcomesOf(report)).toEqual({ rsa: 'failed certid-mismatch', ecdsa: 'failed certid-mismatch' });
    expect(workspace.sandbox.exists('ocsp/both.ocsp')).toBe(false);
  });

  test('each certificate is compared with its own times in the response in place', async () => {
    const { workspace, rsa, ecdsa, answer } = makePair();
    const at = (age: number) => ({ thisUpdate: NOW - age, nextUpdate: NOW - age + 2 * DAY });
    answer(
      responseFor([
        [rsa, at(2 * HOUR)],
        [ecdsa, at(9 * HOUR)],
      ]),
    );
    expect(await workspace.run()).toMatchObject({ status: 6 });
    // Newer for both, and older for one than the installed one is for the other.
    answer(
      responseFor([
        [rsa, at(HOUR)],
        [ecdsa, at(8 * HOUR)],
      ]),
    );
    const newer = await workspace.run('--force', '--json');
    expect(newer.status, newer.stdout).toBe(6);
    const thisUpdates = reportOf(newer).certificates.map(({ name, staple }) => [name, staple?.this_update]);
    expect(Object.fromEntries(thisUpdates)).toEqual({
      rsa: formatInstant(NOW - HOUR),
      ecdsa: formatInstant(NOW - 8 * HOUR),
    });
    // Newer for one alone.
    const last = responseFor([
      [rsa, at(HOUR)],
      [ecdsa, at(7 * HOUR)],
    ]);
    workspace.sandbox.write('given.der', last);
    expect(await workspace.runCommand('install', 'given.der', 'ocspbot.yaml')).toMatchObject({ status: 6 });
    expect(workspace.sandbox.read('ocsp/both.ocsp')).toEqual(last);
    // Newer for one, and older for the other.
    workspace.sandbox.write(
      'given.der',
      responseFor([
        [rsa, at(HOUR / 2)],
        [ecdsa, at(7.5 * HOUR)],
      ]),
    );
    const older = await workspace.runCommand('install', 'given.der', 'ocspbot.yaml', '--json');
    expect(outcomesOf(reportOf(older))).toEqual({
      rsa: 'deferred not-good-for-all',
      ecdsa: 'deferred older-than-installed',
    });
    expect(workspace.sandbox.read('ocsp/both.ocsp')).toEqual(last);
  });

  test.each(['rsa', 'ecdsa'] as const)(
    'when %s is revoked no other responder is asked, and no older response that was supplied is taken',
    async (name) => {
      const further = await startResponder({ issuers: [pki.authority.intermediate] });
      onTestFinished(() => further.close());
      const pair = makePair({}, [further.url]);
      const { workspace, rsa, ecdsa, answer } = pair;
      const older = responseFor([[rsa], [ecdsa]], 2 * HOUR);
      const status = { revoked: NOW - HOUR, reason: 1 };
      const revoked = responseFor(
        ([rsa, ecdsa] as const).map((one) => [one, one === pair[name] ? { status } : {}]),
      );
      answer(revoked);
      for (const one of [rsa, ecdsa]) further.set({ kind: 'bytes', bytes: older }, one);
      const expected = {
        ...{ rsa: 'failed not-good-for-all', ecdsa: 'failed not-good-for-all' },
        [name]: 'revoked certificate-revoked',
      };
      expect(outcomesOf(reportOf(await workspace.run('--json')))).toEqual(expected);
      expect(further.requests).toEqual([]);
      workspace.sandbox.write('given/old.der', older);
      workspace.sandbox.write('given/revoked.der', revoked);
      const given = await workspace.runCommand('install', 'given', 'ocspbot.yaml', '--json');
      expect(outcomesOf(reportOf(given))).toEqual(expected);
      expect(workspace.sandbox.exists('ocsp/both.ocsp')).toBe(false);
    },
  );

  test.each<[name: string, mode: Mode]>([
    ['400', { kind: 'http', status: 400 }],
    ['500', { kind: 'http', status: 500 }],
    ['malformedRequest', 'malformedRequest'],
  ])('a responder that refuses a request about several: %s', async (_, mode) => {
    const { workspace, rsa, ecdsa } = makePair({ http: { attempts: 1 } });
    for (const one of [rsa, ecdsa]) pki.responder.set(mode, one);
    const run = await workspace.run();
    expect(run.status).toBe(32);
    expect(run.stderr).toMatch(/hint: .*give each certificate a file and a server block of its own/);
  });

  test('certificates of two issuers need a responder that is trusted for both: nobody is asked before', async () => {
    const other = makeAuthority();
    const { workspace, rsa, ecdsa } = makePair();
    const foreign = other.issue({ key: makeKey('p-256', 'shared'), ocspUrls: [pki.responder.url] });
    workspace.sandbox.writeCertificate('ecdsa', foreign);
    const run = await workspace.run();
    expect(run.status).toBe(32);
    expect(run.stderr).toContain('which another CA has issued');
    expect(run.stderr).toMatch(/hint: .*give each certificate a file and a server block of its own/);
    expect(await workspace.runCommand('validate', 'ocspbot.yaml')).toMatchObject({
      status: 78,
      stderr: expect.stringContaining('which another CA has issued'),
    });
    expect(requestsFor({ rsa, ecdsa: foreign })).toBe(0);
    expect(ecdsa.serialHex).not.toBe(foreign.serialHex);
  });

  test('status says of each that it shares its file', async () => {
    const { workspace } = makePair();
    await workspace.run();
    const { stdout } = await workspace.runCommand('status', 'ocspbot.yaml', '--json');
    const { certificates } = JSON.parse(stdout) as { certificates: { name: string; message: string }[] };
    expect(certificates.map(({ message }) => message)).toEqual([
      expect.stringContaining('shares its file with ecdsa'),
      expect.stringContaining('shares its file with rsa'),
    ]);
  });

  test('a response in place about one of them is of no use to either, and is replaced', async () => {
    const { workspace, rsa } = makePair();
    workspace.sandbox.write('ocsp/both.ocsp', responseFor([[rsa]]));
    const explained = await workspace.runCommand('explain', 'rsa', 'ocspbot.yaml');
    expect(explained).toMatchObject({ status: 32, stdout: expect.stringContaining('also for ecdsa') });
    const run = await workspace.run('--json');
    const replaced = expect.stringMatching(/^updated (unusable|foreign)$/);
    expect(outcomesOf(reportOf(run))).toEqual({ rsa: replaced, ecdsa: replaced });
  });

  test('a responder that answers about one at a time is refused, with what to do instead', async () => {
    const { workspace, rsa, answer } = makePair();
    answer(responseFor([[rsa]]));
    const run = await workspace.run();
    expect(run.status).toBe(32);
    expect(run.stderr).toMatch(/not good for (rsa|ecdsa): /);
    expect(run.stderr).not.toMatch(/was refused: not good for .* was refused: /);
    expect(run.stderr).toMatch(/hint: .*give each certificate a file and a server block of its own/);
    expect(workspace.sandbox.exists('ocsp/both.ocsp')).toBe(false);
  });

  test('install takes a response about both, and refuses one about one of them', async () => {
    const { workspace, rsa, ecdsa } = makePair();
    workspace.sandbox.write('one.der', responseFor([[rsa]]));
    workspace.sandbox.write('two.der', responseFor([[rsa], [ecdsa]]));
    const one = await workspace.runCommand('install', 'one.der', 'ocspbot.yaml');
    expect(one).toMatchObject({ status: 32, stderr: expect.stringContaining('not good for ecdsa') });
    expect(await workspace.runCommand('install', 'two.der', 'ocspbot.yaml')).toMatchObject({ status: 6 });
  });

  test('when the certificate of one cannot be read, both fail, and nobody else', async () => {
    const { workspace } = makePair();
    workspace.add('other', { entry: { services: ['other'] } });
    workspace.configure({ services: SERVICES });
    workspace.sandbox.remove('ecdsa/cert.pem');
    const run = await workspace.run('--json');
    expect(run.status).toBe(32 + 8);
    expect(outcomesOf(reportOf(run))).toEqual({
      rsa: 'failed file-missing',
      ecdsa: 'failed file-missing',
      other: 'updated absent',
    });
    expect(run.stdout).toContain('ecdsa, which shares the file of the response: ');
  });

  test('validate tells that they share it', async () => {
    const { workspace } = makePair();
    const run = await workspace.runCommand('validate', 'ocspbot.yaml');
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(/"rsa" \(RSA\), "ecdsa" \(ECDSA\) share the file \S+both\.ocsp/);
  });

  test('validate names the first of many, whose certificates cannot be read', async () => {
    const { workspace } = makePair();
    for (let n = 0; n < 20; n++) {
      workspace.add(`missing-${n}`, { entry: { ocsp: 'both.ocsp' } });
      workspace.sandbox.remove(`missing-${n}/cert.pem`);
    }
    workspace.configure({ services: SERVICES });
    const run = await workspace.runCommand('validate', 'ocspbot.yaml');
    expect(run.status).toBe(78);
    expect(run.stdout).toMatch(/^"rsa", "ecdsa", "missing-0".*"missing-7" and 12 more share the file/m);
  });

  test('certificates of one kind of key cannot share a file: the later one fails alone', async () => {
    const { workspace } = makePair();
    const entry = { ocsp: 'both.ocsp', services: ['other'] };
    workspace.add('other', { certificate: { key: makeKey('p-256', 'shared') }, entry });
    workspace.configure({ services: SERVICES });
    const run = await workspace.run('--json');
    expect(run.status).toBe(32 + 6);
    const { rsa, ecdsa, other } = outcomesOf(reportOf(run));
    expect([rsa, ecdsa, other]).toEqual(['updated absent', 'updated absent', 'failed target-unsuitable']);
    expect(run.stdout).toContain('only certificates of different keys (RSA, ECDSA) can share one');
  });
});

// Each run replaced the response of one by that of the other, and all was well.
test('one file below two mounts of a folder is one file', async (context) => {
  requireRoot(context);
  const workspace = makeWorkspace(pki);
  const { sandbox } = workspace;
  workspace.add('a.example');
  workspace.add('b.example', { entry: { ocsp: `${sandbox.path('again')}/a.example.ocsp` } });
  workspace.add('c.example', { entry: { ocsp: `${sandbox.path('again')}/c.example.ocsp` } });
  workspace.configure();
  mountAgain(sandbox.path('ocsp'), sandbox.path('again'), context);
  const run = await workspace.run('--json');
  expect(outcomesOf(reportOf(run))).toEqual({
    'a.example': 'updated absent',
    'b.example': 'failed target-unsuitable',
    'c.example': 'updated absent',
  });
  expect(run.stdout).toContain('write the same file');
  expect((await workspace.run('--only', 'a.example')).status).toBe(0);
});
