import { chmodSync, chownSync, lstatSync, mkdirSync, readlinkSync, symlinkSync, utimesSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { placeOf } from '../../src/storage/names.js';
import { createProcesses } from '../../src/system/processes.js';
import { mountTmpfs, remountReadOnly } from '../installation/support/tmpfs.js';
import { makeCertificate } from '../support/ca.js';
import { requireRoot } from '../support/require.js';
import { runOcspbot } from '../support/run.js';
import { makeSandbox } from '../support/sandbox.js';
import { forUnprivilegedUser } from './support/unprivileged-user.js';
import { onlyOne, outcomesOf, reportOf } from './support/report.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import { DAY, HOUR } from './support/times.js';
import { pendingReloads, stateOf } from './support/state.js';

const pki = openTestPki();

describe('backups', () => {
  const BACKUPS = 'ocsp/.ocspbot/backups';
  const AT = Date.UTC(2026, 2, 8, 10);
  const clock = (hour: number): string => new Date(AT + hour * HOUR).toISOString();

  /** Installs as many responses as hours go by, each newer than the last; returns their octets in base64. */
  async function installHourly(
    keys: Readonly<Record<string, unknown>>,
    hours: number,
  ): Promise<{ workspace: Workspace; given: string[] }> {
    const workspace = makeWorkspace(pki);
    const { certificate } = workspace.add('example.com');
    workspace.sandbox.write('backups/.keep', '');
    workspace.configure(keys);
    const given: string[] = [];
    for (let hour = 0; hour < hours; hour++) {
      const times = { thisUpdate: AT + hour * HOUR, nextUpdate: AT + hour * HOUR + 7 * DAY };
      const bytes = pki.response(certificate, 0, 0, times);
      given.push(Buffer.from(bytes).toString('base64'));
      pki.responder.set({ kind: 'bytes', bytes }, certificate);
      expect(await workspace.run('--force', '--now', clock(hour))).toMatchObject({ status: 2, stderr: '' });
    }
    return { workspace, given };
  }

  function contents({ sandbox }: Workspace, folder: string): Record<string, string | undefined> {
    const files = Object.entries(sandbox.snapshot(folder)).filter(([name]) => name.startsWith('example'));
    return Object.fromEntries(
      files.map(([name, { content }]) => [name.replace(/\.[0-9a-f]{12}-/, '.*-'), content]),
    );
  }

  test('make_backups keeps the old one, and nothing where there was none', async () => {
    const { workspace, given } = await installHourly({ make_backups: true }, 2);
    expect(contents(workspace, 'ocsp')).toEqual({ 'example.com.ocsp': given[1] });
    expect(contents(workspace, BACKUPS)).toEqual({ 'example.com.ocsp.*-20260308-110000': given[0] });
  });

  test('without it there are none', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('example.com', { staple: 'due' });
    workspace.configure({ make_backups: false, backups: { keep: 3 } });
    expect((await workspace.run()).status).toBe(2);
    expect(Object.keys(contents(workspace, 'ocsp'))).toEqual(['example.com.ocsp']);
    expect(workspace.sandbox.exists(BACKUPS)).toBe(false);
  });

  test('backups.keep and backups.folder', async () => {
    const { workspace, given } = await installHourly({ backups: { keep: 2, folder: 'backups' } }, 4);
    expect(contents(workspace, 'ocsp')).toEqual({ 'example.com.ocsp': given[3] });
    expect(contents(workspace, 'backups')).toEqual({
      'example.com.ocsp-20260308-120000': given[1],
      'example.com.ocsp-20260308-130000': given[2],
    });
  });

  test('of the longest name that a file may have, and the way back', async () => {
    const ocsp = `${'ä'.repeat(126)}.ab`;
    const workspace = makeWorkspace(pki);
    const { certificate } = workspace.add('example.com', { entry: { ocsp } });
    const { sandbox } = workspace;
    sandbox.write('backups/.keep', '');
    const [old, newer] = [pki.response(certificate, -2 * HOUR, DAY), pki.response(certificate, -HOUR, DAY)];
    sandbox.write(`ocsp/${ocsp}`, old);
    workspace.configure({ make_backups: true, backups: { folder: 'backups' } });
    pki.responder.set({ kind: 'bytes', bytes: newer }, certificate);
    expect(await workspace.run('--force')).toMatchObject({ status: 2, stderr: '' });
    expect(Buffer.from(sandbox.read(`ocsp/${ocsp}`))).toEqual(Buffer.from(newer));
    const rollback = await workspace.runCommand('rollback', 'example.com', 'ocspbot.yaml');
    expect(rollback).toMatchObject({ status: 2, stderr: '' });
    expect(Buffer.from(sandbox.read(`ocsp/${ocsp}`))).toEqual(Buffer.from(old));
    expect(sandbox.list('ocsp')).toEqual(['.ocspbot', ocsp]);
    expect(sandbox.list('backups')).toHaveLength(3);
  });

  test('backups.max_age, but never the only one', async () => {
    const { workspace, given } = await installHourly({ backups: { max_age: '30m' } }, 3);
    expect(contents(workspace, 'ocsp')).toEqual({ 'example.com.ocsp': given[2] });
    expect(contents(workspace, BACKUPS)).toEqual({ 'example.com.ocsp.*-20260308-120000': given[1] });
  });
});

describe('the file that is replaced', () => {
  test('mode and owner stay', async (context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    const { file } = workspace.add('example.com', { staple: 'due' });
    workspace.configure();
    const path = workspace.sandbox.path(file);
    chmodSync(path, 0o604);
    chownSync(path, 1234, 5678);
    const before = lstatSync(path);
    expect((await workspace.run()).status).toBe(2);
    const after = lstatSync(path);
    expect(after).toMatchObject({ uid: 1234, gid: 5678 });
    expect(after.mode & 0o7777).toBe(0o604);
    expect(after.ino).not.toBe(before.ino);
  });

  test('a new one can be read by all, with the group of its folder', async (context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    const { file } = workspace.add('example.com');
    workspace.configure();
    chownSync(workspace.sandbox.path('ocsp'), 0, 5678);
    expect((await workspace.run()).status).toBe(2);
    expect(lstatSync(workspace.sandbox.path(file))).toMatchObject({ uid: 0, gid: 5678, mode: 0o100644 });
  });

  test('links are followed, and stay', async () => {
    const workspace = makeWorkspace(pki);
    const { file } = workspace.add('example.com');
    workspace.configure();
    const { sandbox } = workspace;
    const old = sandbox.write('elsewhere/staple.der', '');
    const { ino } = lstatSync(old);
    symlinkSync('../elsewhere/staple.der', sandbox.path(file));
    expect((await workspace.run()).status).toBe(2);
    expect(readlinkSync(sandbox.path(file))).toBe('../elsewhere/staple.der');
    expect(sandbox.list('elsewhere')).toEqual(['staple.der']);
    expect(lstatSync(old).ino).not.toBe(ino);
    expect((await workspace.run()).status).toBe(0);
  });

  test('a dangling link leads to where the file will be', async () => {
    const workspace = makeWorkspace(pki);
    const { file } = workspace.add('example.com');
    workspace.configure();
    const { sandbox } = workspace;
    mkdirSync(sandbox.path('elsewhere'));
    symlinkSync('../elsewhere/staple.der', sandbox.path(file));
    expect((await workspace.run()).status).toBe(2);
    expect(sandbox.list('elsewhere')).toEqual(['staple.der']);
    expect(lstatSync(sandbox.path(file)).isSymbolicLink()).toBe(true);
  });
});

describe('temporary files', () => {
  test('those of dead runs go, others stay', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('example.com', { staple: 'due' });
    workspace.configure();
    const { sandbox } = workspace;
    const place = placeOf(createProcesses().self);
    const random = '0123456789abcdef';
    const dead = `.example.com.ocsp.ocspbot-${place}-4194399-${random}.tmp`;
    const elsewhere = `.other.ocspbot-00000000-1-${random}.tmp`;
    const live = `.example.com.ocsp.ocspbot-${place}-${process.pid}-${random}.tmp`;
    const kept = [
      live,
      '.example.com.ocsp.swp',
      'example.com.ocsp.tmp',
      `.fresh.ocspbot-00000000-1-${random}.tmp`,
    ];
    for (const name of [dead, elsewhere, ...kept]) sandbox.write(`ocsp/${name}`, 'half');
    const hoursAgo = Date.now() / 1000 - 2 * 3600;
    utimesSync(sandbox.path(`ocsp/${elsewhere}`), hoursAgo, hoursAgo);
    expect((await workspace.run()).status).toBe(2);
    expect(sandbox.list('ocsp')).toEqual(['.ocspbot', 'example.com.ocsp', ...kept].toSorted());
  });
});

describe('where nothing can be written', () => {
  test('a folder of others: the old staple stands, and a person is needed', async (context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    const { file } = workspace.add('example.com', { staple: 'due' });
    workspace.add('missing.example');
    workspace.configure({ state_folder: 'state' });
    const { sandbox } = workspace;
    chmodSync(sandbox.path(file), 0o644);
    mkdirSync(sandbox.path('state'));
    const before = sandbox.snapshot('ocsp');
    const run = await forUnprivilegedUser(workspace, ['state']).run('--json');
    expect(run.status).toBe(32);
    expect(outcomesOf(reportOf(run))).toEqual({
      'example.com': 'deferred not-permitted',
      'missing.example': 'failed not-permitted',
    });
    expect(run.stderr).toMatch(
      /^error: example\.com: deferred: cannot write \S+.*EACCES.*; the staple in place is good until .*\n {2}hint: run ocspbot as the owner/,
    );
    expect(sandbox.snapshot('ocsp')).toEqual(before);
  });

  test('a file system that is read-only', async (context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    const { file } = workspace.add('example.com', { staple: 'due' });
    workspace.configure({ state_folder: 'state' });
    const { sandbox } = workspace;
    const bytes = sandbox.read(file);
    mountTmpfs(sandbox.path('ocsp'), 'size=64k', context);
    sandbox.write(file, bytes);
    remountReadOnly(sandbox.path('ocsp'));
    const run = await workspace.run('--json');
    expect(run.status).toBe(32);
    expect(onlyOne(reportOf(run))).toMatchObject({
      outcome: 'deferred',
      reason: 'read-only',
      responder: pki.responder.url,
      attempts: [expect.stringMatching(/: good$/)],
    });
    expect(sandbox.read(file)).toEqual(bytes);
  });

  test('a full disk: nothing is lost, and no half of anything is left', async (context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    const { file } = workspace.add('example.com', { staple: 'due' });
    workspace.add('missing.example');
    workspace.configure({ state_folder: 'state' });
    const { sandbox } = workspace;
    const bytes = sandbox.read(file);
    mountTmpfs(sandbox.path('ocsp'), 'size=4k', context);
    sandbox.write(file, bytes);
    const run = await workspace.run('--json');
    expect(run.status).toBe(32);
    expect(outcomesOf(reportOf(run))).toEqual({
      'example.com': 'deferred no-space',
      'missing.example': 'failed no-space',
    });
    expect(sandbox.read(file)).toEqual(bytes);
    expect(sandbox.list('ocsp')).toEqual(['example.com.ocsp']);
    expect(pendingReloads(sandbox, { stateFolder: 'state' })).toEqual([]);
  });
});

describe('log files', () => {
  const clock = ['--now', '2026-03-08T10:20:30Z'];

  function logging(keys: Readonly<Record<string, unknown>>): Workspace {
    const workspace = makeWorkspace(pki);
    const { certificate } = workspace.add('bad.example');
    pki.responder.set('tryLater', certificate);
    workspace.add('silent.example', { certificate: { ocspUrls: [] } });
    workspace.configure(keys);
    workspace.sandbox.write('logs/.keep', '');
    return workspace;
  }

  test('placeholders, in the time of the place', async () => {
    const workspace = logging({
      output_log: 'logs/{year}{month}{day}-{hour}{minute}{second}.log',
      error_log: 'logs/errors-{hour}.log',
    });
    const run = await workspace.run(...clock);
    expect(run).toMatchObject({ status: 32, stdout: '' });
    // Cron sends mail for this alone.
    expect(run.stderr).toMatch(/^error: 2 certificates: .*; status 32 \(needs attention: 1 failed\)\n$/);
    const { sandbox } = workspace;
    const output = sandbox.text('logs/20260308-102030.log');
    const errors = sandbox.text('logs/errors-10.log');
    expect(errors).toMatch(/^error: bad\.example: failed: .*\n {2}hint: .*\n {2}asked: .*\n {2}again: .*\n$/);
    // Errors are in it too, for readers of this file only.
    expect(output).toMatch(
      /^silent\.example {2}not-applicable .*\nerror: bad\.example: .*\n {2}hint: .*\n {2}asked: .*\n {2}again: .*\n2 certificates: .*\n$/,
    );
    const elsewhere = { cwd: sandbox.folder, timeZone: 'Asia/Kathmandu' };
    await runOcspbot(['ocspbot.yaml', ...clock], elsewhere);
    expect(sandbox.list('logs')).toContain('20260308-160530.log');
  });

  test('only one of them', async () => {
    const workspace = logging({ output_log: 'logs/out.log' });
    const run = await workspace.run(...clock);
    expect(run.stdout).toBe('');
    expect(run.stderr).toMatch(/^error: bad\.example: /);
    expect(workspace.sandbox.text('logs/out.log')).toContain('silent.example  not-applicable');
  });

  test('both in one file: each line once, and each run begins anew', async () => {
    const workspace = logging({ output_log: 'logs/all.log', error_log: 'logs/all.log' });
    await workspace.run(...clock);
    const run = await workspace.run(...clock);
    expect(run.stdout).toBe('');
    const lines = workspace.sandbox.text('logs/all.log').trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('error: bad.example'))).toHaveLength(1);
    expect(lines).toHaveLength(6);
  });

  test('--json goes to standard output all the same, errors to their file', async () => {
    const workspace = logging({ error_log: 'logs/errors.log' });
    const run = await workspace.run(...clock, '--json');
    expect(reportOf(run).status).toBe(32);
    expect(run.stderr).toMatch(/^error: .*; status 32 \(needs attention: 1 failed\)\n$/);
    expect(workspace.sandbox.text('logs/errors.log')).toMatch(/^error: bad\.example: /);
  });

  test.each([
    { error_log: '/dev/full' },
    { output_log: '/dev/full' },
    { output_log: '/dev/full', error_log: '/dev/full' },
  ])('a disk that is full ends no run: %j', async (keys) => {
    const workspace = logging(keys);
    workspace.add('due.example', { staple: 'due' });
    workspace.configure(keys);
    const run = await workspace.run('--json');
    expect(run.status).toBe(34);
    expect(outcomesOf(reportOf(run))).toMatchObject({ 'due.example': 'updated due' });
    const ended =
      /^warning: the log file \/dev\/full cannot be written: the disk is full\n {2}hint: make room there; the log ends here, and the run goes on$/gm;
    expect(run.stderr.match(ended)).toHaveLength(1);
    expect(run.stderr.match(/^error: bad\.example: /gm)).toHaveLength(1);
  });

  test('a dry run writes none, and is seen', async () => {
    const workspace = logging({ output_log: 'logs/out.log', error_log: 'logs/errors.log' });
    const before = workspace.sandbox.snapshot();
    const run = await workspace.run('--dry-run');
    expect(run.stdout).toContain('nothing was written');
    expect(run.stderr).toMatch(/^error: bad\.example: /);
    expect(workspace.sandbox.snapshot()).toEqual(before);
  });
});

describe('where paths begin', () => {
  function relative(keys: Readonly<Record<string, unknown>>): Workspace {
    const workspace = makeWorkspace(pki);
    workspace.add('example.com');
    const { sandbox } = workspace;
    mkdirSync(sandbox.path('etc'));
    mkdirSync(sandbox.path('var/ocsp'), { recursive: true });
    mkdirSync(sandbox.path('etc/ocsp'));
    const domain = { cert: '../example.com/cert.pem', chain: '../example.com/chain.pem', ocsp: 'a.ocsp' };
    sandbox.writeConfiguration({ ocsp_folder: 'ocsp', ...keys, domains: { a: domain } }, 'etc/my.yaml');
    return workspace;
  }

  test('in the working directory', async () => {
    const { sandbox } = relative({});
    const run = await runOcspbot(['../etc/my.yaml'], { cwd: sandbox.path('var') });
    expect(run).toMatchObject({ status: 2, stderr: '' });
    expect(sandbox.list('var/ocsp')).toEqual(['.ocspbot', 'a.ocsp']);
    expect(sandbox.list('etc/ocsp')).toEqual([]);
  });

  test('relative_to: config', async () => {
    const { sandbox } = relative({ relative_to: 'config' });
    const run = await runOcspbot(['../../etc/my.yaml'], { cwd: sandbox.path('var/ocsp') });
    expect(run).toMatchObject({ status: 2, stderr: '' });
    expect(sandbox.list('etc/ocsp')).toEqual(['.ocspbot', 'a.ocsp']);
    expect(sandbox.list('var/ocsp')).toEqual([]);
  });

  test.each([
    ['in $STATE_DIRECTORY', {}, 'state'],
    ['in state_folder, which comes first', { state_folder: 'mine' }, 'mine'],
  ] as const)('the state %s', async (_, keys, folder) => {
    const workspace = makeWorkspace(pki);
    workspace.add('example.com', { staple: 'fresh' });
    workspace.configure(keys);
    const { sandbox } = workspace;
    const env = { STATE_DIRECTORY: sandbox.path('state') };
    const run = await runOcspbot(['ocspbot.yaml'], { cwd: sandbox.folder, env });
    expect(run.status).toBe(0);
    const own = stateOf(sandbox, { stateFolder: folder });
    expect(sandbox.list(folder)).toEqual([basename(own)]);
    expect(sandbox.list(own)).toEqual(['configuration.json', expect.stringMatching(/^lock-/)]);
    expect(sandbox.list('ocsp')).toEqual(['example.com.ocsp']);
  });
});

test('includes: sorted, .yml and .yaml, and nothing else', async () => {
  const workspace = makeWorkspace(pki);
  const { sandbox } = workspace;
  const entries = ['main', 'one', 'two', 'three'].map((name) => workspace.add(name).entry);
  const [main, one, two, three] = entries;
  sandbox.writeConfiguration({ domains: { two } }, 'conf.d/20.yaml');
  sandbox.writeConfiguration({ domains: { one } }, 'conf.d/10.yml');
  sandbox.write('conf.d/30.yaml.bak', 'no: yaml: at: all');
  sandbox.writeConfiguration({ domains: { three } }, 'more/a.yaml');
  sandbox.writeConfiguration({ ocsp_folder: 'ocsp', includes: ['more', 'conf.d'], domains: { main } });
  const run = await workspace.run('--json');
  expect(run).toMatchObject({ status: 2, stderr: '' });
  expect(reportOf(run).certificates.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
    'main updated',
    'three updated',
    'one updated',
    'two updated',
  ]);
});

test('scan_keys: the subfolder comes before the name of the response', async () => {
  const workspace = makeWorkspace(pki);
  const { sandbox } = workspace;
  const { intermediate, root } = pki.authority;
  for (const name of ['a.example', 'sub/b.example']) {
    sandbox.write(`certs/${name}.pem`, pki.issue({ subject: name.replace('sub/', '') }).pem);
    sandbox.write(`certs/${name}-chain.pem`, intermediate.pem);
    sandbox.write(`certs/${name}-rootchain.pem`, root.pem);
  }
  sandbox.write('certs/incomplete.example.pem', pki.issue().pem);
  mkdirSync(sandbox.path('ocsp/sub'));
  const masks = {
    cert_mask: '{domain}.pem',
    chain_mask: '{domain}-chain.pem',
    rootchain_mask: '{domain}-rootchain.pem',
    ocsp_mask: '{domain}.ocsp-resp',
  };
  sandbox.writeConfiguration({
    ocsp_folder: 'ocsp',
    services: { web: { exit_bit: 4 } },
    scan_keys: [{ folder: 'certs', recursive: true, ...masks, services: ['web'] }],
  });
  const run = await workspace.run('--json');
  expect(run).toMatchObject({ status: 4, stderr: '' });
  expect(outcomesOf(reportOf(run))).toEqual({ 'a.example': 'updated absent', 'b.example': 'updated absent' });
  expect(sandbox.list('ocsp')).toEqual(['.ocspbot', 'a.example.ocsp-resp', 'sub']);
  expect(sandbox.list('ocsp/sub')).toEqual(['b.example.ocsp-resp']);
});

test('the example of the Python README works unchanged', async () => {
  const sandbox = makeSandbox();
  const { folder } = sandbox;
  for (const name of ['example.com', 'example.org']) {
    sandbox.write(`ssl/${name}.pem`, pki.issue({ subject: name }).pem);
    sandbox.write(`ssl/${name}-chain.pem`, pki.authority.intermediate.pem);
    sandbox.write(`ssl/${name}-rootchain.pem`, pki.authority.root.pem);
  }
  for (const name of ['responses', 'logs']) mkdirSync(sandbox.path(`ocsp/${name}`), { recursive: true });
  const domain = (name: string): string => `  ${name}:
    cert: ${folder}/ssl/${name}.pem
    chain: ${folder}/ssl/${name}-chain.pem
    rootchain: ${folder}/ssl/${name}-rootchain.pem
    ocsp: ${name}.ocsp-resp
`;
  sandbox.write(
    'ocspbot.yaml',
    `---
openssl_executable: openssl

minimum_validity: 3d
minimum_validity_percentage: 42.8

ocsp_folder: ${folder}/ocsp/responses

parallel_threads: 1

output_log: ${folder}/ocsp/logs/example-{year}{month}{day}-{hour}{minute}{second}.log

make_backups: True

domains:
${domain('example.com')}${domain('example.org')}`,
  );
  const run = await runOcspbot(['ocspbot.yaml'], { cwd: folder });
  // Callers of the Python program reload if `$? -gt 0`.
  expect(run).toEqual({ status: 2, signal: undefined, stdout: '', stderr: '' });
  expect(sandbox.list('ocsp/responses')).toEqual([
    '.ocspbot',
    'example.com.ocsp-resp',
    'example.org.ocsp-resp',
  ]);
  const [log = '', ...others] = sandbox.list('ocsp/logs');
  expect(others).toEqual([]);
  expect(log).toMatch(/^example-\d{8}-\d{6}\.log$/);
  expect(sandbox.text(`ocsp/logs/${log}`)).toContain('2 certificates: 2 updated');
  const again = await runOcspbot(['--quiet'], { cwd: folder });
  expect(again).toEqual({ status: 0, signal: undefined, stdout: '', stderr: '' });
});

describe('certificate files', () => {
  test('in DER, as a fullchain, without a root, between other text', async () => {
    const workspace = makeWorkspace(pki);
    const { sandbox } = workspace;
    const { intermediate, root } = pki.authority;
    const leaf = pki.issue();
    const text = `subject: example.com\n${root.pem}\n# the issuer\n${intermediate.pem}\n${leaf.pem}`;
    sandbox.write('leaf.der', leaf.der);
    sandbox.write('chain.der', intermediate.der);
    sandbox.write('fullchain.pem', text);
    sandbox.writeConfiguration({
      ocsp_folder: 'ocsp',
      domains: {
        der: { cert: 'leaf.der', chain: 'chain.der', ocsp: '1' },
        full: { cert: 'fullchain.pem', ocsp: '2' },
      },
    });
    const run = await workspace.run('--json');
    expect(outcomesOf(reportOf(run))).toEqual({ der: 'updated absent', full: 'updated absent' });
    expect(run.status).toBe(2);
  });

  test('each that is wrong is said to be so, and hurts no other', async () => {
    const workspace = makeWorkspace(pki);
    const { sandbox } = workspace;
    const key = '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n';
    const stranger = makeCertificate({ subject: 'stranger', ca: true });
    const contents: Record<string, string | Uint8Array> = {
      'private-key-given': key,
      'file-empty': '',
      'not-a-certificate': 'hello\n',
      'certificate-malformed': '-----BEGIN CERTIFICATE-----\nMIIBAAAA\n-----END CERTIFICATE-----\n',
      'issuer-not-found': pki.issue({ issuer: stranger }).pem,
    };
    const good = workspace.add('good');
    const domains = Object.entries(contents).map(([reason, content]) => {
      const cert = sandbox.write(`${reason}.pem`, content);
      return [reason, { ...good.entry, cert, ocsp: `${reason}.ocsp` }] as const;
    });
    const untrusted = {
      ...good.entry,
      rootchain: sandbox.write('stranger.pem', stranger.pem),
      ocsp: 'u.ocsp',
    };
    sandbox.writeConfiguration({
      ocsp_folder: 'ocsp',
      domains: { ...Object.fromEntries(domains), 'issuer-not-trusted': untrusted, good: good.entry },
    });
    const run = await workspace.run('--json');
    expect(run.status).toBe(34);
    const reasons = [...Object.keys(contents), 'issuer-not-trusted'];
    const expected = reasons.map((reason) => [reason, `failed ${reason}`] as const);
    expect(outcomesOf(reportOf(run))).toEqual({ ...Object.fromEntries(expected), good: 'updated absent' });
    const { certificates } = reportOf(run);
    for (const { name, message } of certificates) if (name !== 'good') expect(message).toContain('.pem');
    expect(sandbox.list('ocsp')).toEqual(['.ocspbot', 'good.ocsp']);
  });
});
