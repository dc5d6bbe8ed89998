import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeCertificate, makeResponse } from '../support/ca.js';
import { requireRoot } from '../support/require.js';
import { forNobody } from './support/nobody.js';
import { outcomesOf, reportOf } from './support/report.js';
import { makeSetting, type Domain, type Setting } from './support/setting.js';
import { openStage } from './support/stage.js';
import { DAY, HOUR, NOW } from './support/times.js';

const stage = openStage();

/** What is wrong on the disk for one of two certificates. */
type Break = (setting: Setting, lost: Domain) => Readonly<Record<string, unknown>> | void;

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
    /the certificate of its issuer .* is not there/,
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
    /the certificate "\S+" is no regular file/,
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
    /"ocsp" of "lost-\d+\.example" is no regular file/,
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

  /** One good certificate among all of these. */
  function broken(): Setting {
    const setting = makeSetting(stage);
    const good = setting.add('good.example', { staple: 'due' });
    const domains: Record<string, unknown> = { 'good.example': { ...good.entry, services: ['web'] } };
    for (const [index, [breakIt]] of Object.values(FAULTS).entries()) {
      const name = names[index] as string;
      const lost = setting.add(name);
      domains[name] = { ...lost.entry, services: ['other'], ...breakIt(setting, lost) };
    }
    const services = { web: { exit_bit: 4 }, other: { exit_bit: 8 } };
    setting.sandbox.writeConfiguration({ ocsp_folder: 'ocsp', services, domains });
    return setting;
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
    expect(run.stdout).toMatch(/: 16 certificates, 15 to put right\n$/);
  });
});

test('a folder that may not be entered', async (context) => {
  requireRoot(context);
  const setting = makeSetting(stage);
  setting.add('good.example');
  setting.add('lost.example');
  setting.configure();
  chmodSync(setting.sandbox.path('lost.example'), 0o700);
  const nobody = forNobody(setting, ['ocsp']);
  const run = await nobody.run('--json');
  expect(outcomesOf(reportOf(run))).toEqual({
    'good.example': 'updated absent',
    'lost.example': 'failed file-unreadable',
  });
  expect(run.status).toBe(34);
  expect(run.stderr).toMatch(/the certificate "\S+" cannot be reached; the chain/);
});

test('text that is wrong still stops all, and what is wrong on the disk is told at once', async () => {
  const setting = makeSetting(stage);
  setting.add('a.example', { staple: 'due' });
  const { entry } = setting.add('b.example', { entry: { services: ['nowhere'] } });
  rmSync(entry.chain);
  setting.configure();
  for (const run of [await setting.run(), await setting.runCommand('validate')]) {
    expect(run).toMatchObject({ status: 78, stdout: '' });
    expect(run.stderr).toMatch(/there is no service "nowhere"/);
    expect(run.stderr).toMatch(/the chain "\S+" does not exist/);
    expect(run.stderr).toMatch(/has 2 problems\n/);
  }
});

describe('what certificates share', () => {
  test('a trusted responder that is gone matters to those that it has signed for', async () => {
    const setting = makeSetting(stage);
    const pinned = makeCertificate({ subject: 'Pinned' });
    setting.sandbox.write('pinned.pem', pinned.pem);
    setting.add('good.example', { staple: 'due' });
    const { certificate } = setting.add('pinned.example');
    const signed = (from: number) =>
      makeResponse({
        issuer: stage.authority.intermediate,
        certificate,
        signer: pinned,
        thisUpdate: NOW + from,
        nextUpdate: NOW + 7 * DAY,
      });
    stage.responder.set({ kind: 'bytes', bytes: signed(-HOUR) }, certificate);
    setting.configure({ trusted_responders: ['pinned.pem'] });
    expect((await setting.run('--json')).status).toBe(2);

    renameSync(setting.sandbox.path('pinned.pem'), setting.sandbox.path('elsewhere.pem'));
    const run = await setting.run('--json');
    expect(run.status).toBe(32);
    expect(outcomesOf(reportOf(run))).toEqual({
      'good.example': 'unchanged fresh',
      'pinned.example': 'failed signer-not-authorized',
    });
    const quiet = await setting.run('--quiet');
    expect(quiet.stderr).toMatch(/^error: the trusted responder "\S+pinned\.pem" does not exist: /m);
    expect((await setting.runCommand('validate')).stderr).toContain('the trusted responder');
  });

  test.each([
    ['an empty file', '', /: the trusted responder: \S+ is empty/],
    ['a key', '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n', /holds a private key/],
  ])('a trusted responder that is no certificate: %s', async (_, content, message) => {
    const setting = makeSetting(stage);
    setting.add('a.example', { staple: 'due' });
    setting.sandbox.write('responder.pem', content);
    setting.configure({ trusted_responders: ['responder.pem'] });
    const run = await setting.run();
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(/^warning: the trusted responder: \S+responder\.pem /m);
    expect((await setting.run('--quiet')).stderr).toBe('');
    const validated = await setting.runCommand('validate');
    expect(validated.status).toBe(78);
    expect(validated.stderr).toMatch(message);
  });

  test('an issuer that cannot be read matters to those that name no responder themselves', async () => {
    const setting = makeSetting(stage);
    setting.add('named.example', { staple: 'due' });
    setting.add('bare.example', { certificate: { ocspUrls: [] } });
    setting.add('written.example', {
      certificate: { ocspUrls: [] },
      entry: { ocsp_responder_uri: stage.responder.url },
    });
    const rule = { cert: 'ca.pem', ocsp_responder_uri: stage.responder.url };
    setting.configure({ issuers: { internal: rule } });
    const run = await setting.run('--json');
    expect(run.status).toBe(34);
    expect(outcomesOf(reportOf(run))).toEqual({
      'named.example': 'updated due',
      'bare.example': 'failed no-responder',
      'written.example': 'updated absent',
    });
    expect(run.stderr).toContain('"issuers: internal:" may, but cannot be read');

    setting.sandbox.write('ca.pem', stage.authority.intermediate.pem);
    expect((await setting.run('--json')).status).toBe(2);
  });

  test('a CA file that is gone matters to https only', async () => {
    const setting = makeSetting(stage);
    setting.add('a.example', { staple: 'due' });
    setting.configure({ http: { ca_file: 'ca.pem' } });
    const run = await setting.run();
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(/^warning: the CA file "\S+ca\.pem" does not exist: /m);
  });
});

describe('places in which more certificates may be', () => {
  const MESSAGES = [
    /the folder "\S+gone" does not exist/,
    /the folder "\S+file" is not a folder/,
    /the file "\S+b\.yml" cannot be read \(ENOENT\)/,
  ];

  function hidden(): Setting {
    const setting = makeSetting(stage);
    setting.add('good.example', { staple: 'due' });
    setting.sandbox.write('conf.d/a.yml', '# nothing\n');
    symlinkSync('../gone.yml', setting.sandbox.path('conf.d/b.yml'));
    setting.sandbox.write('file', '');
    setting.configure({
      scan_keys: [{ folder: 'gone' }, { folder: 'file' }],
      includes: ['conf.d', 'file'],
    });
    return setting;
  }

  test('do not stop the others, and need attention', async () => {
    const setting = hidden();
    const run = await setting.run('--json', '--quiet');
    expect(outcomesOf(reportOf(run))).toEqual({ 'good.example': 'updated due' });
    expect(run.status).toBe(34);
    const validated = await setting.runCommand('validate');
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
