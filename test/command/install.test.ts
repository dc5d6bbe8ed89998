import { chmodSync, symlinkSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { startResponder } from '../support/responder.js';
import { requireRoot } from '../support/require.js';
import { copyForAllUsers, runOcspbot, type Run } from '../support/run.js';
import { makeErrorResponse, makeResponse } from '../support/ca.js';
import { startOcspbot, until } from './support/child.js';
import { onlyOne, outcomesOf, reportOf } from './support/report.js';
import { makeWorkspace, type Domain, type DomainOptions, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import { TIMES, type StapleName } from './support/staples.js';
import { DAY, HOUR, MINUTE, NOW, SECOND } from './support/times.js';
import { pendingReloads } from './support/state.js';

const pki = openTestPki();

interface Fixture {
  readonly workspace: Workspace;
  readonly domain: Domain;
}

/** Makes a certificate and its configuration. */
function fixture(staple: StapleName = 'due', options: DomainOptions = {}): Fixture {
  const workspace = makeWorkspace(pki);
  const domain = workspace.add('example.com', { staple, ...options });
  workspace.configure();
  return { workspace, domain };
}

function newer({ domain }: Fixture): Uint8Array {
  return pki.response(domain.certificate, -MINUTE, 8 * DAY);
}

function installs({ workspace }: Fixture, file: string, bytes: Uint8Array, ...args: string[]): Promise<Run> {
  workspace.sandbox.write(file, bytes);
  return workspace.runCommand('install', file, '--config', 'ocspbot.yaml', ...args);
}

function inPlace({ workspace }: Fixture): Buffer | undefined {
  const content = workspace.staple('example.com')?.content;
  return content === undefined ? undefined : Buffer.from(content, 'base64');
}

describe('one response', () => {
  test('that is newer is installed like one that was fetched', async () => {
    const here = fixture();
    const before = here.workspace.staple('example.com');
    const bytes = newer(here);
    const run = await installs(here, 'given.der', bytes);
    expect(run).toMatchObject({ status: 2, stderr: '' });
    expect(run.stdout).toMatch(/^example\.com {2}updated {9}the given one is newer; good until /);
    expect(run.stdout).toMatch(
      /\n1 certificate: 1 updated; to reload: what uses the certificates of no service \(bit 2\); status 2\n$/,
    );
    expect(inPlace(here)).toEqual(Buffer.from(bytes));
    expect(here.workspace.staple('example.com')).toMatchObject({ mode: before?.mode });
    expect(pendingReloads(here.workspace.sandbox)).toEqual([]);
    expect(pki.requestsFor(here.domain.certificate)).toEqual([]);
  });

  test('in JSON, with the file that it came from', async () => {
    const here = fixture('missing', { entry: { services: ['nginx'] } });
    here.workspace.configure({ services: { nginx: { exit_bit: 8 } } });
    const report = reportOf(await installs(here, 'given.der', newer(here), '--json'));
    expect(report).toMatchObject({ schema: 1, status: 8, reload: ['nginx'], warnings: [] });
    expect(onlyOne(report)).toMatchObject({ outcome: 'updated', reason: 'absent', given: 'given.der' });
    expect(onlyOne(report)).not.toHaveProperty('responder');
  });

  test.each([
    ['a good staple that has long to go', 'fresh', 'updated given', 2],
    ['none', 'missing', 'updated absent', 2],
    ['one of another certificate', 'foreign', 'updated foreign', 2],
    ['one that is cut short', 'truncated', 'updated unusable', 2],
  ] as const)('replaces %s', async (_, staple, outcome, status) => {
    const here = fixture(staple);
    const run = await installs(here, 'given.der', newer(here), '--json');
    expect(run.status).toBe(status);
    expect(outcomesOf(reportOf(run))).toEqual({ 'example.com': outcome });
  });

  test('serves a certificate that names no responder', async () => {
    const here = fixture('missing', { certificate: { ocspUrls: [] } });
    expect((await installs(here, 'given.der', newer(here))).status).toBe(2);
  });

  test('for two entries is installed for both', async () => {
    const here = fixture('missing');
    const { sandbox } = here.workspace;
    const { cert, chain } = here.domain.entry;
    sandbox.writeConfiguration({
      ocsp_folder: 'ocsp',
      domains: { a: { cert, chain, ocsp: 'a.ocsp' }, b: { cert, chain, ocsp: 'b.ocsp' } },
    });
    const run = await installs(here, 'given.der', newer(here), '--json');
    expect(outcomesOf(reportOf(run))).toEqual({ a: 'updated absent', b: 'updated absent' });
    expect(sandbox.read('ocsp/a.ocsp')).toEqual(sandbox.read('ocsp/b.ocsp'));
  });

  test('given again changes nothing', async () => {
    const here = fixture();
    const bytes = newer(here);
    await installs(here, 'given.der', bytes);
    const before = here.workspace.staple('example.com');
    const again = await installs(here, 'given.der', bytes, '--json');
    expect(again.status).toBe(0);
    expect(outcomesOf(reportOf(again))).toEqual({ 'example.com': 'unchanged same-response' });
    expect(here.workspace.staple('example.com')).toEqual(before);
  });
});

describe('what must not be installed', () => {
  type Make = (here: Fixture) => Uint8Array;
  const at = (from: number, until: number, other = {}): Make => {
    return ({ domain }) => pki.response(domain.certificate, from, until, other);
  };
  const [dueFrom, dueUntil] = TIMES.due;
  const forged: Make = ({ domain }) => {
    const signer = pki.authority.issue();
    const times = { thisUpdate: NOW - MINUTE, nextUpdate: NOW + DAY };
    return makeResponse({
      issuer: pki.authority.intermediate,
      certificate: domain.certificate,
      signer,
      ...times,
    });
  };

  test.each<[string, Make, StapleName, string, number]>([
    ['older', at(dueFrom - HOUR, dueUntil), 'due', 'deferred older-than-installed', 0],
    ['of the same times', at(dueFrom, dueUntil), 'due', 'unchanged no-newer-response', 0],
    ['no newer, and time runs short', at(...TIMES.critical), 'critical', 'deferred no-newer-response', 32],
    ['expired', at(-5 * DAY, -HOUR), 'due', 'deferred response-expired', 0],
    ['expired, and there is none', at(-5 * DAY, -HOUR), 'missing', 'failed response-expired', 32],
    [
      'revoked',
      at(-MINUTE, DAY, { status: { revoked: NOW - DAY, reason: 1 } }),
      'due',
      'revoked certificate-revoked',
      32,
    ],
    ['unknown', at(-MINUTE, DAY * 3, { status: 'unknown' }), 'due', 'deferred certificate-unknown', 0],
    ['forged', forged, 'missing', 'failed signer-without-ocsp-signing', 32],
  ])('%s', async (_, make, staple, outcome, status) => {
    const here = fixture(staple);
    const before = here.workspace.staple('example.com');
    const run = await installs(here, 'given.der', make(here), '--json');
    expect(outcomesOf(reportOf(run))).toEqual({ 'example.com': outcome });
    expect(run.status).toBe(status);
    expect(here.workspace.staple('example.com')).toEqual(before);
  });

  test('older, but wanted by force', async () => {
    const here = fixture('fresh');
    const older = pki.response(here.domain.certificate, -2 * HOUR, 6 * DAY);
    expect(await installs(here, 'given.der', older, '--force')).toMatchObject({ status: 2, stderr: '' });
    expect(inPlace(here)).toEqual(Buffer.from(older));
  });

  test('anything in a dry run', async () => {
    const here = fixture();
    const before = here.workspace.sandbox.snapshot('ocsp');
    const run = await installs(here, 'given.der', newer(here), '--dry-run');
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(
      /^\S+ +would update +nothing was written; .*\n1 certificate: 1 would update; nothing was written; status 0\n$/,
    );
    expect(here.workspace.sandbox.snapshot('ocsp')).toEqual(before);
  });

  test('with --strict a refusal needs a person', async () => {
    const here = fixture();
    const older = pki.response(here.domain.certificate, dueFrom - HOUR, dueUntil);
    expect((await installs(here, 'given.der', older, '--strict')).status).toBe(32);
  });
});

describe('a file that is for no certificate of the configuration is told, and sets 32', () => {
  test.each<[string, (here: Fixture) => Uint8Array, RegExp]>([
    [
      'another certificate',
      () => pki.response(pki.issue(), -MINUTE, DAY),
      /^error: given\.der is for serial [0-9a-f]+, which no certificate of \S*ocspbot\.yaml has\n$/,
    ],
    [
      'garbage',
      () => Buffer.from('<html>404</html>'),
      /^error: given\.der is not an OCSP response: it holds text\n$/,
    ],
    [
      'its certificate',
      ({ domain }) => Buffer.from(domain.certificate.pem),
      /^error: given\.der is not an OCSP response: it holds a certificate\n$/,
    ],
    ['nothing', () => new Uint8Array(), /^error: given\.der is not an OCSP response in DER: it .+\n$/],
    [
      'truncated',
      (here) => newer(here).subarray(0, 100),
      /^error: given\.der is not an OCSP response in DER: it .+\n$/,
    ],
    [
      'a refusal',
      () => makeErrorResponse('unauthorized'),
      /^error: given\.der is a refusal of a responder \(status 6\)\n$/,
    ],
  ])('%s', async (_, make, message) => {
    const here = fixture();
    const before = here.workspace.staple('example.com');
    const run = await installs(here, 'given.der', make(here), '--quiet');
    expect(run).toMatchObject({ status: 32, stdout: '' });
    expect(run.stderr).toMatch(message);
    expect(here.workspace.staple('example.com')).toEqual(before);
  });

  test('and does not keep another from being installed', async () => {
    const here = fixture();
    here.workspace.sandbox.write('good.der', newer(here));
    const run = await installs(here, 'garbage.der', Buffer.from('garbage'), 'good.der', '--json');
    expect(reportOf(run)).toMatchObject({
      status: 34,
      needs_person: true,
      warnings: [expect.stringContaining('garbage.der is not an OCSP response')],
    });
    expect(outcomesOf(reportOf(run))).toEqual({ 'example.com': 'updated given' });
  });

  test('a certificate that cannot be read may be the one', async () => {
    const here = fixture('missing');
    here.workspace.sandbox.write('example.com/cert.pem', 'not a certificate');
    const run = await installs(here, 'given.der', newer(here));
    expect(run.status).toBe(32);
    expect(run.stderr).toContain(
      '; 1 certificate of the configuration cannot be read: see ocspbot validate ',
    );
    expect(run.stderr).toMatch(/^error: example\.com: failed: .*cert\.pem/m);
  });
});

describe('standard input', () => {
  async function pipe({ workspace }: Fixture, input: Uint8Array): Promise<Run> {
    const args = ['install', '-', '--config', 'ocspbot.yaml'];
    return await runOcspbot(args, { cwd: workspace.sandbox.folder, input });
  }

  test('one response', async () => {
    const here = fixture('missing');
    const bytes = newer(here);
    expect(await pipe(here, bytes)).toMatchObject({ status: 2, stderr: '' });
    expect(inPlace(here)).toEqual(Buffer.from(bytes));
  });

  test('nothing came', async () => {
    const run = await pipe(fixture(), new Uint8Array());
    expect(run.status).toBe(32);
    expect(run.stderr).toContain('standard input is not an OCSP response');
  });

  test('without an end', async () => {
    const run = await pipe(fixture(), new Uint8Array(3 * 1024 * 1024));
    expect(run.status).toBe(64);
    expect(run.stderr).toContain('standard input');
  });
});

describe('a folder', () => {
  test('of one machine serves another: each verifies for itself', async () => {
    const fetcher = makeWorkspace(pki);
    const names = ['a.example', 'b.example', 'c.example'];
    const domains = names.map((name) => fetcher.add(name));
    fetcher.configure({ services: { nginx: {} } });
    expect((await fetcher.run()).status).toBe(2);
    for (const { certificate } of domains) pki.responder.set('stall', certificate);

    const server = makeWorkspace(pki);
    const { sandbox } = server;
    const entryOf = (index: number) => ({
      ...sandbox.writeCertificate(names[index] as string, domains[index]!.certificate),
      services: ['mail'],
    });
    sandbox.writeConfiguration({
      ocsp_folder: 'ocsp',
      services: { web: {}, mail: {} },
      domains: { 'a.example': entryOf(0), 'b.example': entryOf(1) },
    });
    const install = (...args: string[]) =>
      server.runCommand('install', fetcher.sandbox.path('ocsp'), '--config', 'ocspbot.yaml', ...args);
    const first = await install('--json');
    expect(first).toMatchObject({ status: 4, stderr: '' });
    expect(outcomesOf(reportOf(first))).toEqual({
      'a.example': 'updated absent',
      'b.example': 'updated absent',
    });
    expect(sandbox.read('ocsp/a.example.ocsp')).toEqual(fetcher.sandbox.read('ocsp/a.example.ocsp'));
    expect(await install('--quiet')).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  test('has backups, subfolders, links and a state folder in it', async () => {
    const here = fixture('missing');
    const { sandbox } = here.workspace;
    const { certificate } = here.domain;
    const newest = newer(here);
    sandbox.write('in/a-20260101-000000', pki.response(certificate, ...TIMES.due));
    sandbox.write('in/sub/b', newest);
    sandbox.write('in/z', pki.response(certificate, ...TIMES.expired));
    sandbox.write('in/.ocspbot/lock-1', 'not read');
    sandbox.write('in/.b.tmp', 'not read');
    symlinkSync('sub/b', sandbox.path('in/link'));
    const run = await here.workspace.runCommand('install', 'in', '--config', 'ocspbot.yaml');
    expect(run).toMatchObject({ status: 2, stderr: '' });
    expect(inPlace(here)).toEqual(Buffer.from(newest));
  });

  test('with folders that this user may not read: a warning, except about lost+found', async (context) => {
    requireRoot(context);
    const here = fixture('missing');
    const { sandbox } = here.workspace;
    sandbox.write('in/good', newer(here));
    const program = copyForAllUsers(sandbox.folder);
    await execa('chown', ['-R', '65532', sandbox.folder]);
    for (const name of ['closed', 'lost+found']) {
      sandbox.write(`in/${name}/.keep`, '');
      chmodSync(sandbox.path(`in/${name}`), 0o700);
    }
    const user = ['--reuid', '65532', '--regid', '65532', '--clear-groups'];
    const args = [process.execPath, program, 'install', 'in', '--config', 'ocspbot.yaml'];
    const run = await execa('setpriv', [...user, ...args], { cwd: sandbox.folder, reject: false });
    expect([run.exitCode, run.stderr]).toEqual([
      2,
      expect.stringMatching(/^warning: in\/closed cannot be read: permission denied$/),
    ]);
  });

  test('in which the newest genuine one says revoked', async () => {
    const here = fixture('missing');
    const { certificate } = here.domain;
    here.workspace.sandbox.write('in/a', pki.response(certificate, -HOUR, DAY));
    const revoked = pki.response(certificate, -MINUTE, DAY, {
      status: { revoked: NOW - HOUR, reason: 1 },
    });
    here.workspace.sandbox.write('in/b', revoked);
    const run = await here.workspace.runCommand('install', 'in', '--config', 'ocspbot.yaml', '--json');
    expect(outcomesOf(reportOf(run))).toEqual({ 'example.com': 'revoked certificate-revoked' });
    expect(inPlace(here)).toBeUndefined();
  });

  test('with what is not a response in it: a warning, and no more', async () => {
    const here = fixture();
    here.workspace.sandbox.write('in/good', newer(here));
    const run = await installs(here, 'in/readme', Buffer.from('read me'), 'in', '--quiet');
    expect(run.status).toBe(34); // the file was named too
    const folder = await here.workspace.runCommand('install', 'in', '--config', 'ocspbot.yaml');
    expect(folder.status).toBe(0);
    expect(folder.stderr).toMatch(/^warning: in\/readme is not an OCSP response: it holds text\n$/);
  });

  test('with nothing for this machine in it', async () => {
    const here = fixture();
    here.workspace.sandbox.write('in/other', pki.response(pki.issue(), -MINUTE, DAY));
    const run = await here.workspace.runCommand('install', 'in', '--config', 'ocspbot.yaml', '--verbose');
    expect(run.status).toBe(32);
    expect(run.stderr).toMatch(/^error: in has no response for any certificate of \S+\n$/);
    expect(run.stdout).toContain('note: in/other is for serial ');
    expect(run.stdout).toContain('note: no response was given for example.com\n');
  });
});

describe('standard input that takes its time', () => {
  /** Runs in the process before the program: writes a file when it listens for signals, after which it waits for its input. */
  const TELLS_OF_LISTENING = `
import { writeFileSync } from 'node:fs';
process.on('newListener', (name) => {
  if (name === 'SIGTERM') setImmediate(() => writeFileSync('listens', ''));
});
`;

  /** Starts the command, and waits until it only waits for its input. */
  async function begin({ workspace: { sandbox } }: Fixture) {
    const preload = sandbox.write('preload.mjs', TELLS_OF_LISTENING);
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: sandbox.folder,
      NODE_OPTIONS: `--import "${preload}"`,
    };
    const command = ['install', '-', '--config', 'ocspbot.yaml', '--json'];
    const child = startOcspbot(command, { cwd: sandbox.folder, env });
    await until(() => sandbox.exists('listens'));
    return child;
  }

  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends the wait, and nothing is installed', async (signal) => {
    const here = fixture();
    const before = inPlace(here);
    const child = await begin(here);
    process.kill(child.pid, signal);
    const run = await child.end();
    expect([run.status, run.signal]).toEqual([32, undefined]);
    expect(reportOf(run)).toMatchObject({ status: 32, stopped: 'interrupted', certificates: [] });
    expect(run.stderr).toContain('error: standard input was not read to its end\n');
    expect(run.stderr).toContain(`warning: the run was interrupted by ${signal}\n`);
    expect(inPlace(here)).toEqual(before);
  });

  test('the time of the run ends the wait, too', async () => {
    const here = fixture();
    here.workspace.configure({ run_timeout: '1s' });
    const run = await (await begin(here)).end();
    expect(reportOf(run)).toMatchObject({ status: 32, stopped: 'run-timeout', certificates: [] });
  });

  test('a response that is signed meanwhile is none from the future', async () => {
    const here = fixture();
    here.workspace.configure({ clock_skew: '0s' });
    const child = await begin(here);
    const began = Date.now();
    const signed = () => Math.floor(Date.now() / SECOND) * SECOND;
    await until(() => signed() > began);
    child.give(pki.response(here.domain.certificate, signed() - NOW, 8 * DAY));
    const report = reportOf(await child.end());
    expect(outcomesOf(report)).toEqual({ 'example.com': 'updated given' });
  });
});

describe('nothing is touched', () => {
  test.each([
    ['a file that is not there', ['not-there.der'], 64, 'the response "not-there.der" does not exist'],
    ['a device', ['/dev/null'], 64, 'the response "/dev/null" is not a regular file'],
    ['a configuration that is not there', ['given.der', '--config', 'other.yaml'], 78, 'other.yaml'],
  ])('%s', async (_, args, status, message) => {
    const here = fixture();
    here.workspace.sandbox.write('given.der', newer(here));
    const before = here.workspace.sandbox.snapshot();
    const run = await here.workspace.runCommand('install', '--config', 'ocspbot.yaml', ...args);
    expect(run).toMatchObject({ status, stdout: '' });
    expect(run.stderr).toContain(message);
    expect(here.workspace.sandbox.snapshot()).toEqual(before);
  });

  test('while another run is at work', async () => {
    const here = fixture();
    const responder = await startResponder({ issuers: [pki.authority.intermediate] });
    responder.set('stall');
    here.workspace.sandbox.writeConfiguration({
      ocsp_folder: 'ocsp',
      domains: { 'example.com': { ...here.domain.entry, ocsp_responder_uri: responder.url } },
    });
    const child = startOcspbot(['ocspbot.yaml'], { cwd: here.workspace.sandbox.folder });
    await until(() => responder.requests.length > 0);
    const before = here.workspace.staple('example.com');
    const run = await installs(here, 'given.der', newer(here));
    expect(run.status).toBe(75);
    expect(here.workspace.staple('example.com')).toEqual(before);
    await child.kill();
    await responder.close();
    expect((await installs(here, 'given.der', newer(here))).status).toBe(2);
  });
});
