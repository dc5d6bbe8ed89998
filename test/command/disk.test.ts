import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeCertificate, makeResponse } from '../support/ca.js';
import { requireRoot } from '../support/require.js';
import { forUnprivilegedUser } from './support/unprivileged-user.js';
import { outcomesOf, reportOf } from './support/report.js';
import { makeWorkspace, type Domain, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import { DAY, HOUR, NOW } from './support/times.js';

const pki = openTestPki();

/** Makes a fault on the disk for one of two certificates. */
type Break = (workspace: Workspace, lost: Domain) => Readonly<Record<string, unknown>> | void;

const FAULTS: Readonly<Record<string, readonly [Break, code: string, message: RegExp]>> = {
  'the certificate is gone': [
    (_, { entry }) => rmSync(entry.cert),
    'file-missing',
    /the certificate "\S+cert\.pem" does not exist/,
  ],
  'its link leads nowhere': [
    (_, { entry }) => {
      rmSync(entry.cert);
      symlinkSync('../archive/b7.pem', entry.cert);
    },
    'file-missing',
    /the certificate "\S+cert\.pem" is a link to a file that does not exist/,
  ],
  'the chain is gone': [
    (_, { entry }) => rmSync(entry.chain),
    'file-missing',
    /the chain "\S+chain\.pem" does not exist/,
  ],
  'the root is gone': [
    (_, { entry }) => rmSync(entry.rootchain),
    'file-missing',
    /the root chain "\S+rootchain\.pem" does not exist/,
  ],
  'all is gone': [
    ({ sandbox }, { entry }) => sandbox.remove(relative(sandbox.folder, dirname(entry.cert))),
    'file-missing',
    /the certificate .* does not exist/,
  ],
  'the leaf is alone': [
    () => ({ chain: null, rootchain: null }),
    'issuer-not-found',
    /no certificate of the issuer .* in /,
  ],
  'the certificate is a folder': [
    (_, { entry }) => {
      rmSync(entry.cert);
      mkdirSync(entry.cert);
    },
    'file-unreadable',
    /the certificate "\S+" is a folder/,
  ],
  'the certificate is a pipe': [
    (_, { entry }) => {
      rmSync(entry.cert);
      execFileSync('mkfifo', [entry.cert]);
    },
    'file-unreadable',
    /the certificate "\S+" is not a regular file/,
  ],
  'the certificate is a circle of links': [
    (_, { entry }) => {
      rmSync(entry.cert);
      symlinkSync('cert.pem', entry.cert);
    },
    'file-unreadable',
    /the certificate "\S+" cannot be reached/,
  ],
  'the folder of the staple is gone': [
    () => ({ ocsp: 'gone/lost.ocsp' }),
    'target-unsuitable',
    /the folder "\S+ocsp\/gone" does not exist/,
  ],
  'the folder of the staple is a file': [
    ({ sandbox }) => {
      sandbox.write('ocsp/file', '');
      return { ocsp: 'file/lost.ocsp' };
    },
    'target-unsuitable',
    /"\S+ocsp\/file" is not a folder/,
  ],
  'the staple is a folder': [
    ({ sandbox }, { file }) => mkdirSync(sandbox.path(file)),
    'target-unsuitable',
    /"ocsp" of "lost-\d+\.example" is a folder/,
  ],
  'the staple is a pipe': [
    ({ sandbox }, { file }) => void execFileSync('mkfifo', [sandbox.path(file)]),
    'target-unsuitable',
    /"ocsp" of "lost-\d+\.example" is not a regular file/,
  ],
  'the staple is a link to that of the other': [
    ({ sandbox }, { file }) => symlinkSync('good.example.ocsp', sandbox.path(file)),
    'target-unsuitable',
    /"good\.example" and "lost-\d+\.example" write the same file/,
  ],
  'the staple is a link to a certificate': [
    ({ sandbox }, { file }) => symlinkSync('../good.example/cert.pem', sandbox.path(file)),
    'target-unsuitable',
    /"ocsp" of "lost-\d+\.example" would overwrite the certificate of "good\.example"/,
  ],
};

describe('what the disk holds for one certificate', () => {
  const names = Object.keys(FAULTS).map((_, index) => `lost-${index}.example`);

  /** Makes all of these faults, and one certificate without a fault. */
  function broken(): Workspace {
    const workspace = makeWorkspace(pki);
    const good = workspace.add('good.example', { staple: 'due' });
    const domains: Record<string, unknown> = { 'good.example': { ...good.entry, services: ['web'] } };
    for (const [index, [breakIt]] of Object.values(FAULTS).entries()) {
      const name = names[index] as string;
      const lost = workspace.add(name);
      domains[name] = { ...lost.entry, services: ['other'], ...breakIt(workspace, lost) };
    }
    const services = { web: { exit_bit: 4 }, other: { exit_bit: 8 } };
    workspace.sandbox.writeConfiguration({ ocsp_folder: 'ocsp', services, domains });
    return workspace;
  }

  test('is its failure: the other one is refreshed, and its service told', async () => {
    const run = await broken().run('--json');
    const { certificates } = reportOf(run);
    const outcomes = certificates.map(({ name, outcome, reason }) => `${name} ${outcome} ${reason}`);
    const failures = Object.values(FAULTS).map(([, code], index) => `${names[index]} failed ${code}`);
    expect(outcomes).toEqual(['good.example updated due', ...failures]);
    for (const [index, [, , message]] of Object.values(FAULTS).entries())
      expect(certificates[index + 1]).toMatchObject({
        message: expect.stringMatching(message),
        hint: expect.any(String),
      });
    expect(run.status).toBe(36);
  });

  test('is not told to whoever asks for the other one', async () => {
    const run = await broken().run('--only', 'good.example', '--quiet');
    expect(run).toEqual({ status: 4, signal: undefined, stdout: '', stderr: '' });
  });

  test('is told by validate', async () => {
    const run = await broken().runCommand('validate');
    expect(run.status).toBe(78);
    for (const [, , message] of Object.values(FAULTS)) expect(run.stderr).toMatch(message);
    expect(run.stdout).toMatch(/: 16 certificates, 15 to correct\n$/);
  });
});

test('a folder that may not be entered', async (context) => {
  requireRoot(context);
  const workspace = makeWorkspace(pki);
  workspace.add('good.example');
  workspace.add('lost.example');
  workspace.configure();
  chmodSync(workspace.sandbox.path('lost.example'), 0o700);
  const nobody = forUnprivilegedUser(workspace, ['ocsp']);
  const run = await nobody.run('--json');
  expect(outcomesOf(reportOf(run))).toEqual({
    'good.example': 'updated absent',
    'lost.example': 'failed file-unreadable',
  });
  expect(run.status).toBe(34);
  expect(run.stderr).toMatch(/the certificate "\S+" cannot be reached; the chain/);
});

test('text that is wrong still stops all, and what is wrong on the disk is told at once', async () => {
  const workspace = makeWorkspace(pki);
  workspace.add('a.example', { staple: 'due' });
  const { entry } = workspace.add('b.example', { entry: { services: ['nowhere'] } });
  rmSync(entry.chain);
  workspace.configure();
  for (const run of [await workspace.run(), await workspace.runCommand('validate')]) {
    expect(run).toMatchObject({ status: 78, stdout: '' });
    expect(run.stderr).toMatch(/there is no service "nowhere"/);
    expect(run.stderr).toMatch(/the chain "\S+" does not exist/);
    expect(run.stderr).toMatch(/has 2 problems\n/);
  }
});

describe('what certificates share', () => {
  test('a trusted responder that is gone matters to those that it has signed for', async () => {
    const workspace = makeWorkspace(pki);
    const pinned = makeCertificate({ subject: 'Pinned' });
    workspace.sandbox.write('pinned.pem', pinned.pem);
    workspace.add('good.example', { staple: 'due' });
    const { certificate } = workspace.add('pinned.example');
    const signed = (from: number) =>
      makeResponse({
        issuer: pki.authority.intermediate,
        certificate,
        signer: pinned,
        thisUpdate: NOW + from,
        nextUpdate: NOW + 7 * DAY,
      });
    pki.responder.set({ kind: 'bytes', bytes: signed(-HOUR) }, certificate);
    workspace.configure({ trusted_responders: ['pinned.pem'] });
    expect((await workspace.run('--json')).status).toBe(2);

    renameSync(workspace.sandbox.path('pinned.pem'), workspace.sandbox.path('elsewhere.pem'));
    const run = await workspace.run('--json');
    expect(run.status).toBe(32);
    expect(outcomesOf(reportOf(run))).toEqual({
      'good.example': 'unchanged fresh',
      'pinned.example': 'failed signer-not-authorized',
    });
    const quiet = await workspace.run('--quiet');
    expect(quiet.stderr).toMatch(/^error: the trusted responder "\S+pinned\.pem" does not exist: /m);
    expect((await workspace.runCommand('validate')).stderr).toContain('the trusted responder');
  });

  test.each([
    ['an empty file', '', /: the trusted responder: \S+ is empty/],
    ['a key', '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n', /holds a private key/],
  ])('a trusted responder that is not a certificate: %s', async (_, content, message) => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { staple: 'due' });
    workspace.sandbox.write('responder.pem', content);
    workspace.configure({ trusted_responders: ['responder.pem'] });
    const run = await workspace.run();
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(/^warning: the trusted responder: \S+responder\.pem /m);
    expect((await workspace.run('--quiet')).stderr).toBe('');
    const validated = await workspace.runCommand('validate');
    expect(validated.status).toBe(78);
    expect(validated.stderr).toMatch(message);
  });

  test('an issuer that cannot be read matters to those that name no responder themselves', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('named.example', { staple: 'due' });
    workspace.add('bare.example', { certificate: { ocspUrls: [] } });
    workspace.add('written.example', {
      certificate: { ocspUrls: [] },
      entry: { ocsp_responder_uri: pki.responder.url },
    });
    const rule = { cert: 'ca.pem', ocsp_responder_uri: pki.responder.url };
    workspace.configure({ issuers: { internal: rule } });
    const run = await workspace.run('--json');
    expect(run.status).toBe(34);
    expect(outcomesOf(reportOf(run))).toEqual({
      'named.example': 'updated due',
      'bare.example': 'failed no-responder',
      'written.example': 'updated absent',
    });
    expect(run.stderr).toContain('"issuers: internal:" may, but cannot be read');

    workspace.sandbox.write('ca.pem', pki.authority.intermediate.pem);
    expect((await workspace.run('--json')).status).toBe(2);
  });

  test('a CA file that is gone matters to https only', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { staple: 'due' });
    workspace.configure({ http: { ca_file: 'ca.pem' } });
    const run = await workspace.run();
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(/^warning: the CA file "\S+ca\.pem" does not exist: /m);
  });
});

describe('places in which more certificates may be', () => {
  const MESSAGES = [
    /the folder "\S+gone" does not exist/,
    /the folder "\S+file" is not a folder/,
    /the file "\S+b\.yml" does not exist/,
  ];

  function hidden(): Workspace {
    const workspace = makeWorkspace(pki);
    workspace.add('good.example', { staple: 'due' });
    workspace.sandbox.write('conf.d/a.yml', '# nothing\n');
    symlinkSync('../gone.yml', workspace.sandbox.path('conf.d/b.yml'));
    workspace.sandbox.write('file', '');
    workspace.configure({
      scan_keys: [{ folder: 'gone' }, { folder: 'file' }],
      includes: ['conf.d', 'file'],
    });
    return workspace;
  }

  test('do not stop the others, and need attention', async () => {
    const workspace = hidden();
    const run = await workspace.run('--json', '--quiet');
    expect(outcomesOf(reportOf(run))).toEqual({ 'good.example': 'updated due' });
    expect(run.status).toBe(34);
    const validated = await workspace.runCommand('validate');
    expect(validated.status).toBe(78);
    for (const message of MESSAGES) {
      expect(run.stderr).toMatch(message);
      expect(validated.stderr).toMatch(message);
    }
  });

  test('are of no interest to whoever asks for a certificate', async () => {
    const run = await hidden().run('--only', 'good.example', '--quiet');
    expect(run).toMatchObject({ status: 2, stdout: '', stderr: '' });
  });

  test('may hold a name that is not known', async () => {
    const run = await hidden().run('--only', 'other.example');
    expect(run).toMatchObject({ status: 78, stdout: '' });
    expect(run.stderr).toMatch(/^error: --only other\.example: no certificate has this name; but the /);
  });
});
