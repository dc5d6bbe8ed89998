import { createHash, generateKeyPairSync } from 'node:crypto';
import { chmodSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireRoot } from '../support/require.js';
import { furtherResponders } from './support/further-responders.js';
import { forUnprivilegedUser } from './support/unprivileged-user.js';
import { onlyOne, reportOf, type Report } from './support/report.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import { DAY, HOUR } from './support/times.js';

const pki = openTestPki();
const startFurther = furtherResponders(pki);
const { privateKey, publicKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'der' },
});

/** Makes octets of no known kind. Random ones would begin as a picture or a program does, once in some 10,000 times. */
const unknownOctets = (length: number) => Buffer.alloc(length, 'ffe7c3a1', 'hex');

/** Files that a typing error may name instead of a staple. */
const OTHERS: readonly (readonly [name: string, content: () => Uint8Array | string, told: string])[] = [
  ['a private key', () => privateKey, 'a private key'],
  [
    'a private key in DER',
    () => Buffer.from(privateKey.replaceAll(/-----.*-----/g, ''), 'base64'),
    'a private key in DER',
  ],
  ['a public key in DER', () => publicKey, 'a public key in DER'],
  ['a certificate', () => pki.issue().pem, 'a certificate'],
  ['a certificate in DER', () => pki.issue().der, 'a certificate in DER'],
  ['a certificate and its key, as HAProxy wants them', () => pki.issue().pem + privateKey, 'a private key'],
  ['a configuration', () => 'worker_processes auto;\n', 'text'],
  ['an error page', () => '<html>404 Not Found</html>\n', 'text'],
  ['text of Windows', () => Buffer.from('\ufeffkey=value\r\n', 'utf16le'), 'text'],
  [
    'a database',
    () => Buffer.from('SQLite format 3\0\u0010\0\u0001\u0001\0@  '),
    'data that begins with text',
  ],
  ['a compressed archive', () => Buffer.from('1f8b08000000000000034b04', 'hex'), 'a compressed archive'],
  ['a program', () => Buffer.from('7f454c4602010100', 'hex'), 'a program'],
  ['DER of no known kind', () => Buffer.from('300606042a030405', 'hex'), 'another kind of DER'],
  [
    'a large file',
    () => unknownOctets(2 * 1024 * 1024),
    'data of an unknown kind, larger than any OCSP response',
  ],
  [
    'a very large file',
    () => Buffer.alloc(17 * 1024 * 1024),
    'more than 16 MiB, and no OCSP response has so much',
  ],
];

/** Prepares a certificate for each file, which is named as its staple. */
function workspaceWithOthers(): Workspace {
  const workspace = makeWorkspace(pki);
  for (const [index, [, content]] of OTHERS.entries()) {
    workspace.add(`${index}.example`);
    workspace.sandbox.write(`ocsp/${index}.example.ocsp`, content(), 0o600);
  }
  workspace.configure({ make_backups: true, state_folder: 'state' });
  return workspace;
}

describe('"ocsp" names a file that plainly is something else', () => {
  let workspace: Workspace;
  let before: ReturnType<Workspace['sandbox']['snapshot']>;
  let report: Report;
  beforeAll(async () => {
    workspace = workspaceWithOthers();
    before = workspace.sandbox.snapshot('ocsp');
    report = reportOf(await workspace.run('--json'));
  });
  afterAll(() => workspace.sandbox.dispose());

  test.each(OTHERS.map(([name, , told], index) => [name, told, index] as const))(
    '%s: it is not touched, and told',
    (_, told, index) => {
      const name = `${index}.example`;
      const file = `${name}.ocsp`;
      expect(workspace.sandbox.snapshot('ocsp')[file]).toEqual(before[file]);
      const found = report.certificates.find((one) => one.name === name);
      expect(found).toMatchObject({ outcome: 'failed', reason: 'target-unsuitable', urgency: 'person' });
      expect(found?.message).toContain(told);
      expect(found?.hint).toContain('"ocsp"');
    },
  );

  test('the status is 32, nobody was asked, and no file was made', () => {
    expect(report).toMatchObject({ status: 32, reload: [] });
    expect(report.certificates.flatMap(({ attempts }) => attempts)).toEqual([]);
    expect(workspace.sandbox.list('ocsp')).toEqual(Object.keys(before));
  });

  test('validate tells it beforehand', async () => {
    const run = await workspace.runCommand('validate', 'ocspbot.yaml');
    expect(run.status).toBe(78);
    for (const [, , told] of OTHERS) expect(run.stderr).toContain(told);
  });
});

test.each<[string, (response: Uint8Array) => Uint8Array | string, told: string]>([
  ['a private key', () => privateKey, 'is not an OCSP response: it holds a private key'],
  ['an error page', () => '<html>404 Not Found</html>\n', 'is not an OCSP response: it holds text'],
  [
    'base64',
    (response) => Buffer.from(response).toString('base64'),
    'is an OCSP response in base64: decode it with base64 -d',
  ],
])('verify and install say what is given in place of a response: %s', async (_, content, told) => {
  const workspace = makeWorkspace(pki);
  const { certificate } = workspace.add('a.example');
  workspace.configure();
  workspace.sandbox.write('given', content(pki.response(certificate, -HOUR, DAY)));
  const said = `given ${told}`;
  const { status, stderr } = await workspace.runCommand('install', 'given', '--config', 'ocspbot.yaml');
  expect({ status, stderr }).toEqual({ status: 32, stderr: expect.stringContaining(said) });
  const question = ['--cert', 'a.example/cert.pem', '--issuer', 'a.example/chain.pem'];
  const verified = await workspace.runCommand('verify', 'given', ...question);
  expect(verified.status).toBe(32);
  expect(verified.stdout).toContain(`\nrejected: ${said} [der-malformed]\n`);
});

describe('a private key in place of a staple', () => {
  function workspaceWithKey(): Workspace {
    const workspace = makeWorkspace(pki);
    const { certificate } = workspace.add('a.example');
    workspace.sandbox.write('ocsp/a.example.ocsp', privateKey, 0o600);
    workspace.sandbox.write('given.der', pki.response(certificate, -HOUR, DAY));
    workspace.sandbox.write('ocsp/a.example.ocsp-20260101-120000', pki.response(certificate, -HOUR, DAY));
    workspace.configure();
    return workspace;
  }

  test.each([
    ['--force', ['ocspbot.yaml', '--force']],
    ['install', ['install', 'given.der', '--config', 'ocspbot.yaml']],
    ['install --force', ['install', 'given.der', '--force', '--config', 'ocspbot.yaml']],
    ['rollback', ['rollback', 'a.example', '--config', 'ocspbot.yaml']],
    ['rollback --force', ['rollback', 'a.example', '--force', '--config', 'ocspbot.yaml']],
  ])('is not replaced by %s', async (_, args) => {
    const workspace = workspaceWithKey();
    const before = workspace.staple('a.example');
    const run = await workspace.runCommand(...args);
    expect(run.status).toBe(32);
    expect(run.stderr).toContain('a private key');
    expect(workspace.staple('a.example')).toEqual(before);
  });

  test('is named by explain and by the list of backups, which offers none', async () => {
    const workspace = workspaceWithKey();
    const explained = await workspace.runCommand('explain', 'a.example', 'ocspbot.yaml');
    expect(explained).toMatchObject({ status: 32, stdout: expect.stringContaining('a private key') });
    const listed = await workspace.runCommand('rollback', 'a.example', '--list', '--config', 'ocspbot.yaml');
    expect(listed).toMatchObject({ status: 32, stdout: expect.stringContaining('a private key') });
    expect(listed.stdout).not.toContain('would restore');
  });

  test('is not replaced when it came during the run', async () => {
    const workspace = makeWorkspace(pki);
    const { url } = await startFurther(() => {
      workspace.sandbox.write('ocsp/a.example.ocsp', privateKey, 0o600);
      return undefined;
    });
    workspace.add('a.example', { staple: 'due', certificate: { ocspUrls: [url] } });
    workspace.configure();
    const run = await workspace.run();
    expect(run).toMatchObject({ status: 32, stderr: expect.stringContaining('a private key') });
    expect(workspace.sandbox.text('ocsp/a.example.ocsp')).toBe(privateKey);
    expect(workspace.sandbox.list('ocsp')).toEqual(['.ocspbot', 'a.example.ocsp']);
  });
});

/** Remains of a response after a crash, a full disk or a wrong tool. */
const DAMAGED: readonly (readonly [name: string, damage: (good: Buffer) => Uint8Array | string])[] = [
  ['nothing', () => ''],
  ['a line end', () => '\n'],
  ['its first octet', (good) => good.subarray(0, 1)],
  ['its first three octets', (good) => good.subarray(0, 3)],
  ['its first half', (good) => good.subarray(0, good.length >> 1)],
  ['zeros after its first half', (good) => Buffer.from(good).fill(0, good.length >> 1)],
  ['zeros before its second half', (good) => Buffer.from(good).fill(0, 0, good.length >> 1)],
  ['zeros only', (good) => Buffer.alloc(good.length)],
  ['a block of zeros', () => Buffer.alloc(4096)],
  ['a wrong tag', (good) => Buffer.from(good).fill(0x02, 4, 5)],
  ['twice the same', (good) => Buffer.concat([good, good])],
  ['arbitrary octets', () => createHash('sha512').update('arbitrary').digest()],
  [
    'PEM of it',
    (good) => `-----BEGIN OCSP RESPONSE-----\n${good.toString('base64')}\n-----END OCSP RESPONSE-----\n`,
  ],
  ['base64 of it', (good) => `${good.toString('base64')}\n`],
];

test('what is left of a response that was damaged is replaced', async () => {
  const workspace = makeWorkspace(pki);
  for (const [index, [, damage]] of DAMAGED.entries()) {
    const { certificate, file } = workspace.add(`${index}.example`);
    workspace.sandbox.write(file, damage(Buffer.from(pki.response(certificate, -HOUR, DAY))));
  }
  workspace.configure();
  expect(await workspace.runCommand('validate', 'ocspbot.yaml')).toMatchObject({ status: 0 });
  const { certificates } = reportOf(await workspace.run('--json'));
  const outcomes = certificates.map(({ outcome, reason }, index) => [
    DAMAGED[index]?.[0],
    `${outcome} ${reason}`,
  ]);
  // PEM is the other format: its response is usable, and due.
  const reasonOf = (name: string) => (name === 'PEM of it' ? 'due' : 'unusable');
  expect(outcomes).toEqual(DAMAGED.map(([name]) => [name, `updated ${reasonOf(name)}`]));
});

test('octets that nobody knows are kept, also where no backups are wanted', async () => {
  const workspace = makeWorkspace(pki);
  const { file } = workspace.add('a.example');
  const key = unknownOctets(80);
  workspace.sandbox.write(file, key, 0o600);
  workspace.configure();
  const run = await workspace.run('--json');
  expect(run.status).toBe(2);
  const [kept = ''] = workspace.sandbox.list('ocsp/.ocspbot/backups');
  expect(workspace.sandbox.read(`ocsp/.ocspbot/backups/${kept}`)).toEqual(new Uint8Array(key));
  expect(statSync(workspace.sandbox.path(`ocsp/.ocspbot/backups/${kept}`)).mode & 0o777).toBe(0o600);
  expect(onlyOne(reportOf(run)).warnings).toEqual([expect.stringContaining(kept)]);
});

test('a file that this user may not read is not replaced: it may be anything', async (context) => {
  requireRoot(context);
  const workspace = makeWorkspace(pki);
  workspace.add('a.example');
  workspace.sandbox.write('ocsp/a.example.ocsp', privateKey, 0o600);
  workspace.configure();
  chmodSync(workspace.sandbox.path('ocsp'), 0o755);
  const before = workspace.staple('a.example');
  const run = await forUnprivilegedUser(workspace, ['ocsp']).run('--json');
  expect(run.status).toBe(32);
  expect(onlyOne(reportOf(run))).toMatchObject({
    outcome: 'failed',
    reason: 'target-unsuitable',
    // It may be a good staple: nobody is told to remove it.
    hint: 'let the user that runs ocspbot read it',
  });
  expect(workspace.staple('a.example')).toEqual(before);
});
