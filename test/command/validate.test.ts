import { lchownSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { mountTmpfs, remountReadOnly } from '../installation/support/tmpfs.js';
import { makeAuthority, makeCertificate, makeKey } from '../support/ca.js';
import { keyToPem } from '../support/keys.js';
import { requireRoot } from '../support/require.js';
import { forUnprivilegedUser } from './support/unprivileged-user.js';
import { outcomesOf, reportOf } from './support/report.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import { DAY, NOW } from './support/times.js';

const pki = openTestPki();

type Prepare = (workspace: Workspace, name: string) => void;

const ENDED = { notBefore: NOW - 90 * DAY, notAfter: NOW - DAY };

/** The outcome of a run for a certificate, and the message of validate about it. */
const FAILURES: Readonly<Record<string, readonly [Prepare, outcome: string, message: RegExp]>> = {
  'a certificate that has expired': [
    (workspace, name) => workspace.add(name, { certificate: ENDED }),
    'failed certificate-expired',
    /the certificate expired at /,
  ],
  'a certificate that is not valid yet': [
    (workspace, name) => workspace.add(name, { certificate: { notBefore: NOW + DAY } }),
    'failed clock-wrong',
    /the clock says \S+, but the certificate is valid from \S+\n {2}hint: set the clock .*; if it is right, put the certificate in place that is valid now; nothing is judged until then/,
  ],
  'must-staple, and nobody to ask': [
    (workspace, name) => workspace.add(name, { certificate: { ocspUrls: [], mustStaple: true } }),
    'failed no-responder',
    /the certificate is must-staple, but names no OCSP responder/,
  ],
  'a responder that is not asked by HTTP': [
    (workspace, name) => workspace.add(name, { certificate: { ocspUrls: ['ldap://ocsp.example'] } }),
    'failed url-unsupported',
    /no OCSP URL of the certificate can be used/,
  ],
  'an issuer that has ended': [
    (workspace, name) => {
      const authority = makeAuthority({ ...ENDED });
      const certificate = authority.issue({ notAfter: NOW + DAY, ocspUrls: [pki.responder.url] });
      workspace.add(name);
      workspace.sandbox.write(`${name}/cert.pem`, certificate.pem);
      workspace.sandbox.write(`${name}/chain.pem`, authority.intermediate.pem);
      workspace.sandbox.write(`${name}/rootchain.pem`, authority.root.pem);
    },
    'failed',
    /the certificate of the issuer .* expired at /,
  ],
  'an issuer that is not there': [
    (workspace, name) => {
      workspace.add(name);
      workspace.sandbox.write(`${name}/chain.pem`, makeCertificate({ subject: 'stranger', ca: true }).pem);
    },
    'failed issuer-not-found',
    /no certificate of the issuer .* in /,
  ],
  'a key in the place of the staple': [
    (workspace, name) => {
      workspace.add(name);
      workspace.sandbox.write(`ocsp/${name}.ocsp`, keyToPem(makeKey('p-256')));
    },
    'failed target-unsuitable',
    /is not replaced: .*private key/,
  ],
};

describe('what a run would end with', () => {
  const names = Object.keys(FAILURES).map((_, index) => `failing-${index}.example`);

  function failing(): Workspace {
    const workspace = makeWorkspace(pki);
    workspace.add('good.example', { staple: 'fresh' });
    for (const [index, [prepare]] of Object.values(FAILURES).entries())
      prepare(workspace, names[index] as string);
    workspace.configure();
    return workspace;
  }

  test('is told before', async () => {
    const workspace = failing();
    const before = workspace.sandbox.snapshot();
    const validated = await workspace.runCommand('validate');
    expect(workspace.sandbox.snapshot()).toEqual(before);
    expect(validated.status).toBe(78);
    for (const [index, [, , message]] of Object.values(FAILURES).entries()) {
      const said = validated.stderr.split(/^error: /m).find((text) => text.startsWith(`${names[index]}: `));
      expect(said).toMatch(message);
      expect(said).toMatch(/\n {2}hint: /);
    }
    expect(validated.stdout).toBe('ocspbot.yaml: 8 certificates, 7 to correct\n');
  });

  test('is so', async () => {
    const outcomes = outcomesOf(reportOf(await failing().run('--json')));
    for (const [index, [, outcome]] of Object.values(FAILURES).entries())
      expect(outcomes[names[index] as string]).toContain(outcome);
    expect(outcomes['good.example']).toBe('unchanged fresh');
  });

  test('is told in JSON', async () => {
    const run = await failing().runCommand('validate', '--json');
    const { certificates } = JSON.parse(run.stdout) as { certificates: { valid: boolean; error?: object }[] };
    expect(certificates.map(({ valid }) => valid)).toEqual([true, ...names.map(() => false)]);
    expect(certificates[1]?.error).toMatchObject({ code: 'certificate-expired', hint: expect.any(String) });
  });
});

test('certificates without OCSP are told, and are no fault', async () => {
  const workspace = makeWorkspace(pki);
  workspace.add('plain.example', { certificate: { ocspUrls: [] }, staple: 'fresh' });
  workspace.add('short.example', {
    certificate: { ocspUrls: [], notBefore: NOW - DAY, notAfter: NOW + 5 * DAY },
  });
  workspace.add('none.example', { certificate: { ocspUrls: [], noRevAvail: true } });
  workspace.configure();
  const run = await workspace.runCommand('validate');
  expect(run.status).toBe(0);
  expect(run.stdout).toMatch(/^plain\.example {2}the certificate names no OCSP responder/m);
  expect(run.stdout).toMatch(/^short\.example {2}a short-lived certificate without an OCSP responder/m);
  expect(run.stdout).toMatch(/^none\.example {2}noRevAvail/m);
  expect(run.stdout).toMatch(/3 certificates, all is well\n$/);
  expect(run.stderr).toMatch(/^warning: plain\.example: \S+ is left over/);
});

test('a configuration of no certificates is not called well', async () => {
  const workspace = makeWorkspace(pki);
  workspace.sandbox.write('ocspbot.yaml', 'domains: {}');
  expect(await workspace.runCommand('validate')).toMatchObject({
    status: 0,
    stdout: 'ocspbot.yaml: 0 certificates, nothing to look after\n',
    stderr: expect.stringContaining('names no certificates'),
  });
});

test('a certificate in a file that is damaged, and not needed', async () => {
  const workspace = makeWorkspace(pki);
  workspace.add('a.example');
  const { intermediate, root } = pki.authority;
  workspace.sandbox.write('a.example/chain.pem', root.pem.replace('MII', 'AII') + intermediate.pem);
  workspace.configure();
  const run = await workspace.runCommand('validate');
  expect(run.status).toBe(0);
  expect(run.stderr).toMatch(/^warning: a\.example: \S+chain\.pem has a certificate .*, but is not needed$/m);
  expect(run.stdout).toBe('ocspbot.yaml: 1 certificate, all is well but for the warning\n');
});

test('a log that would replace the file of somebody else', async () => {
  const workspace = makeWorkspace(pki);
  workspace.add('a.example');
  const key = keyToPem(pki.authority.intermediate.key);
  workspace.sandbox.write('other.key', key, 0o600);
  workspace.configure({ error_log: 'other.key' });
  const run = await workspace.runCommand('validate');
  expect(run.status).toBe(78);
  expect(run.stderr).toMatch(
    /^error: error_log: \S+other\.key is not replaced: it holds a private key, no log\n/m,
  );
  expect(await workspace.run()).toMatchObject({ status: 73, stdout: '' });
  expect(workspace.sandbox.text('other.key')).toBe(key);
});

test.each([
  ['metrics_file', 'metrics'],
  ['html_file', 'page'],
])('%s that names the file of somebody else', async (key, name) => {
  const workspace = makeWorkspace(pki);
  workspace.add('a.example');
  workspace.sandbox.write('shown', 'of somebody else');
  workspace.configure({ [key]: 'shown' });
  const run = await workspace.runCommand('validate');
  expect(run.status).toBe(78);
  expect(run.stderr).toMatch(
    new RegExp(
      String.raw`^error: ${key}: \S+shown is not replaced: it holds no ${name} of ocspbot\n {2}hint: name`,
    ),
  );
  // A file that this program has written is replaced.
  workspace.sandbox.remove('shown');
  await workspace.run();
  expect((await workspace.runCommand('validate')).status).toBe(0);
});

describe('what this user may not write', () => {
  test('the folders of staples, and that of the state', async (context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    for (const name of ['a.example', 'b.example', 'c.example']) workspace.add(name);
    workspace.configure();
    const nobody = forUnprivilegedUser(workspace);
    expect((await nobody.run()).status).toBe(73);
    const run = await nobody.runCommand('validate');
    expect(run.status).toBe(78);
    expect(run.stderr).toMatch(
      /^error: the state folder: cannot write to the folder \S+ocsp: permission denied \(EACCES\)\n {2}hint: /m,
    );
    expect(run.stderr).toMatch(
      /^error: a\.example, b\.example, c\.example: cannot write to the folder \S+ocsp: permission denied \(EACCES\)\n/m,
    );
    expect(run.stdout).toContain('3 certificates, 4 to correct');
    expect((await workspace.runCommand('validate')).status).toBe(0);
  });

  test.each([
    ['.ocspbot', 'the state folder', 73],
    ['.ocspbot/backups', 'the folder of backups', 32],
  ])('a file in the place of a folder: %s', async (name, what, status) => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { staple: 'due' });
    workspace.sandbox.write(`ocsp/${name}`, 'of somebody else');
    workspace.configure({ make_backups: true });
    const run = await workspace.runCommand('validate');
    expect(run.stderr).toMatch(
      new RegExp(`^error: ${what}: cannot write to \\S+: a file stands where a folder has to be\n {2}hint: `),
    );
    expect(run.status).toBe(78);
    expect((await workspace.run()).status).toBe(status);
  });

  test('logs, without which a run does not begin, and metrics', async (context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    workspace.add('a.example');
    workspace.sandbox.write('ocsp/out.log', '');
    workspace.sandbox.write('shut/.keep', '');
    const shown = { metrics_file: 'shut/ocspbot.prom' };
    workspace.configure({ output_log: 'ocsp/out.log', error_log: 'shut/errors.log', ...shown });
    const nobody = forUnprivilegedUser(workspace, ['ocsp']);
    expect((await nobody.run()).status).toBe(73);
    const run = await nobody.runCommand('validate');
    expect(run.status).toBe(78);
    for (const told of [
      /^error: metrics_file: cannot write to the folder \S+shut: permission denied \(EACCES\)\n {2}hint: /m,
      /^error: output_log: the log file \S+out\.log cannot be written: permission denied \(EACCES\)\n {2}hint: /m,
      /^error: error_log: the log file \S+errors\.log cannot be written: permission denied \(EACCES\)\n {2}hint: /m,
    ])
      expect(run.stderr).toMatch(told);
    expect(run.stdout).toContain('1 certificate, 3 to correct');
    expect((await workspace.runCommand('validate')).status).toBe(0);
  });

  test('nor a folder to which a link leads, and that of a log whose name has the time', async (context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    workspace.add('a.example');
    const { sandbox } = workspace;
    for (const [folder, other] of [
      ['open', 'shut'],
      ['shut', 'open'],
    ] as const) {
      sandbox.write(`${folder}/.keep`, '');
      for (const kind of ['log', 'prom'])
        symlinkSync(`../${other}/real.${kind}`, sandbox.path(`${folder}/link.${kind}`));
    }
    const nobody = forUnprivilegedUser(workspace, ['ocsp', 'open']);
    const expectTroubles = async (folder: string, verdict: string, status: number) => {
      workspace.configure({ output_log: `${folder}/link.log`, metrics_file: `${folder}/link.prom` });
      expect((await nobody.runCommand('validate')).stdout).toContain(verdict);
      expect((await nobody.run()).status).toBe(status);
    };
    await expectTroubles('open', '1 certificate, 2 to correct', 73);
    await expectTroubles('shut', '1 certificate, all is well', 2);
    workspace.configure({ output_log: 'shut/{year}.log', error_log: 'open/{year}.log' });
    expect((await nobody.runCommand('validate')).stderr).toMatch(
      /^error: output_log: the log file \S+\d{4}\.log cannot be written: permission denied \(EACCES\)\n.*\n$/,
    );
    expect((await nobody.run()).status).toBe(73);
  });

  test.for(['publish_folder', 'metrics_file', 'backups'])(
    '%s: a missing folder is told once',
    async (key, context) => {
      requireRoot(context);
      const workspace = makeWorkspace(pki);
      workspace.add('a.example');
      workspace.configure({ [key]: key === 'backups' ? { folder: 'missing/x' } : 'missing/x/y' });
      const run = await forUnprivilegedUser(workspace, ['ocsp']).runCommand('validate');
      expect(run.stderr).toMatch(/the folder "\S+missing\S+" does not exist/);
      expect(run.stdout).toContain('1 certificate, 1 to correct');
    },
  );

  test('a file system that is read-only, for root too', async (context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { entry: { ocsp: '../mounted/a.ocsp' } });
    workspace.configure();
    const folder = workspace.sandbox.path('mounted');
    mountTmpfs(folder, 'size=1m', context);
    remountReadOnly(folder);
    const run = await workspace.runCommand('validate');
    expect(run.status).toBe(78);
    expect(run.stderr).toMatch(
      /^error: a\.example: cannot write to the folder \S+mounted: read-only file system \(EROFS\)\n {2}hint: mount/m,
    );
  });

  test('a link that another user has planted', async (context) => {
    requireRoot(context);
    const workspace = makeWorkspace(pki);
    workspace.add('a.example');
    workspace.configure();
    workspace.sandbox.write('elsewhere/x', '');
    symlinkSync('../elsewhere/a.ocsp', workspace.sandbox.path('ocsp/a.example.ocsp'));
    lchownSync(workspace.sandbox.path('ocsp/a.example.ocsp'), 1234, 1234);
    const run = await workspace.runCommand('validate');
    expect(run.stderr).toMatch(/^error: a\.example: .*user 1234 made the link/m);
  });
});

describe('a configuration of the Python program', () => {
  /** Everything that the Python program needs: it has the chain and the root of each certificate. */
  function pythonWorkspace(keys: Readonly<Record<string, unknown>> = {}): Workspace {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { staple: 'fresh' });
    workspace.configure({
      minimum_validity: '1h',
      openssl_executable: 'openssl',
      make_backups: true,
      ...keys,
    });
    return workspace;
  }

  test('says what stays, what is better, and what the caller must change', async () => {
    const workspace = pythonWorkspace({ includes: ['more'], parallel_threads: 1, output_log: 'o.log' });
    workspace.sandbox.write('more/.keep', '');
    const { status, stdout } = await workspace.runCommand('validate');
    expect(status).toBe(0);
    const about = (title: string) =>
      [...stdout.matchAll(new RegExp(`^  ${title}: +(.*)$`, 'gm'))].map(([, text]) => text).join('\n');
    expect(about('stays')).toMatch(
      /thresholds mean the same\nlog files .*\n"openssl_executable" is .*not needed/,
    );
    expect(about('better')).toMatch(/"includes" is read.*\n"parallel_threads" may be more than 1/);
    expect(about('better')).toContain(`, in ${workspace.sandbox.path('ocsp/.ocspbot/backups')}:`);
    expect(about('change')).toMatch(/0 all is well, 2 reload, 32 needs attention, 34 both$/m);
    expect(about('change')).toContain('ocspbot owe - ocspbot.yaml');
    expect(stdout).toMatch(/docs\/migration\.md .*\nocspbot\.yaml: 1 certificate, all is well\n$/);
  });

  test('in JSON, and not with --quiet', async () => {
    const workspace = pythonWorkspace({ make_backups: false });
    const { stdout } = await workspace.runCommand('validate', '--json');
    const { migration } = JSON.parse(stdout) as { migration: Record<string, string[]> };
    expect(Object.keys(migration)).toEqual(['stays', 'better', 'change']);
    expect(Object.values(migration).map(({ length }) => length)).toEqual([2, 5, 4]);
    const quiet = await workspace.runCommand('validate', '--quiet');
    expect(quiet).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  test('is none as soon as it has a new key', async () => {
    const workspace = pythonWorkspace({ services: { nginx: { exit_bit: 2 } } });
    expect((await workspace.runCommand('validate')).stdout).not.toContain('Python');
    expect(JSON.parse((await workspace.runCommand('validate', '--json')).stdout)).not.toHaveProperty(
      'migration',
    );
  });
});
