import { renameSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultConfiguration } from '../../src/cli/default-configuration.js';
import { makeCertificate, makeErrorResponse, type TestCertificate } from '../support/ca.js';
import { runOcspbot, type Run } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { outcomesOf, reportOf } from './support/report.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import { DAY, HOUR, NOW } from './support/times.js';

const pki = openTestPki();

/** Only for what reads no files. */
const ANYWHERE = { cwd: '/' };

describe.concurrent('help', () => {
  test.each([['--help'], ['-h'], ['-help'], ['--force', '-h']])('%s', async (...args) => {
    const run = await runOcspbot(args, ANYWHERE);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(/^ocspbot keeps verified, up-to-date OCSP responses/);
  });

  test('has the usage, examples, and every exit status', async () => {
    const { stdout } = await runOcspbot(['--help'], ANYWHERE);
    for (const command of [
      '[refresh] [CONFIG]',
      'validate [CONFIG]',
      'services STATUS',
      'verify RESPONSE',
      'install RESPONSE',
      'rollback NAME',
    ]) {
      expect(stdout).toContain(`ocspbot ${command}`);
    }
    for (const status of [
      '0',
      '2–30, even',
      '32',
      '34–62, even',
      '64',
      '70',
      '73',
      '75',
      '78',
      '1, 3, … 63',
    ]) {
      expect(stdout).toMatch(new RegExp(`^ +${status} +[a-z]`, 'm'));
    }
    expect(stdout).toContain('examples:');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });

  test.each([
    ['refresh', ['--only', '--match', '--force', '--dry-run', '--strict', '--now']],
    ['validate', []],
    ['services', []],
    ['explain', ['--now']],
    ['rollback', ['--list', '--to', '--config', '--force', '--dry-run', '--reload', '--now']],
    ['install', ['--config', '--force', '--dry-run', '--strict', '--now']],
    [
      'verify',
      [
        '--issuer',
        '--cert',
        '--serial',
        '--root',
        '--trusted-responder',
        '--now',
        '--max-age',
        '--clock-skew',
        '--assumed-validity',
        '--allow-sha1-signatures',
      ],
    ],
  ])('of %s', async (command, options) => {
    const run = await runOcspbot([command, '--help'], ANYWHERE);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(/^usage: ocspbot /);
    expect(run.stdout).toContain(command);
    for (const option of options) expect(run.stdout).toMatch(new RegExp(`^ +${option}\\b`, 'm'));
  });
});

test.each([['--version'], ['-v'], ['-version'], ['refresh', '-v']])('version: %s', async (...args) => {
  const run = await runOcspbot(args, ANYWHERE);
  expect(run).toMatchObject({ status: 0, stderr: '' });
  expect(run.stdout).toMatch(/^ocspbot \d+\.\d+\.\d+\n$/);
});

describe.concurrent('what nobody can have meant', () => {
  test.each([
    [['--froce'], 'refresh has no option --froce; did you mean --force?'],
    [['--dryrun'], 'refresh has no option --dryrun; did you mean --dry-run?'],
    [['verify', 'x', '--isuer', 'y'], 'verify has no option --isuer; did you mean --issuer?'],
    [['validate', '--force'], 'validate has no option --force'],
    [['verify'], 'verify needs the file of a response'],
    [['verify', 'r.der', '--issuer', 'i.pem'], 'verify needs one of --cert FILE and --serial HEX'],
    [
      ['verify', 'r', '--issuer', 'i', '--cert', 'c', '--serial', '1'],
      'verify needs one of --cert FILE and --serial HEX',
    ],
    [['verify', 'r', '--issuer', 'i', '--serial', 'xyz'], '--serial xyz is not a hexadecimal number'],
    [
      ['verify', 'r', '--issuer', 'i', '--serial', '1', '--max-age', 'long'],
      '--max-age long is not a duration like 3d or "2 hours 5 minutes"',
    ],
    [['rollback'], 'rollback needs the name of a certificate'],
    [['install'], 'install needs responses: files, folders, or - for standard input'],
    [['install', '-', '-'], 'standard input can be read once only'],
    [['install', 'x', '--only', 'y'], 'install has no option --only'],
    [['verify', 'a', 'b', '--issuer', 'i'], 'one RESPONSE is enough, there is also "b"'],
    [
      ['fetch', 'c.pem', '--issuer'],
      'the value of --issuer is missing; one that begins with a hyphen is written --issuer=VALUE',
    ],
    [['fetch', 'c.pem', '--now', 'soon'], '--now soon is not an ISO 8601 time like 2026-01-31T09:05:00Z'],
  ] as const)('%j', async (args, message) => {
    const run = await runOcspbot(args, ANYWHERE);
    const command = args[0].startsWith('-') ? '' : `${args[0]} `;
    expect(run).toMatchObject({
      status: 64,
      stdout: '',
      stderr: `error: ${message}\n  hint: see ocspbot ${command}--help\n`,
    });
  });
});

test.each([
  ['valdiate', 'did you mean the command validate?'],
  ['servies', 'did you mean the command services?'],
  ['hepl', 'did you mean the command help?'],
  ['frobnicate', 'commands are refresh, validate, services, '],
])('%s is not a command', async (word, hint) => {
  const known = word !== 'frobnicate';
  for (const args of [
    [word],
    ...(known
      ? [
          [word, 'x.yaml'],
          [word, '--issuer', 'y'],
        ]
      : []),
  ]) {
    const run = await runOcspbot(args, ANYWHERE);
    expect(run).toMatchObject({ status: 64, stdout: '' });
    expect(run.stderr).toContain(`error: there is no command "${word}"\n  hint: ${hint}`);
  }
});

test.each([[['other.yaml']], [['./valdiate']], [['--only', 'verify', 'other.yaml']]])(
  '%j names no file that is there',
  async (args) => {
    const run = await runOcspbot(args, ANYWHERE);
    expect(run).toMatchObject({ status: 78, stdout: '' });
    expect(run.stderr).toContain('there is no configuration');
    expect(run.stderr).toContain('name one on the command line: ocspbot FILE');
  },
);

describe.concurrent('words for options', () => {
  test('version', async () => {
    expect(await runOcspbot(['version'], ANYWHERE)).toEqual(await runOcspbot(['--version'], ANYWHERE));
  });

  test('help', async () => {
    expect(await runOcspbot(['help'], ANYWHERE)).toEqual(await runOcspbot(['--help'], ANYWHERE));
    const verify = await runOcspbot(['help', 'verify'], ANYWHERE);
    expect(verify).toEqual(await runOcspbot(['verify', '--help'], ANYWHERE));
    const mistyped = await runOcspbot(['help', 'verfy'], ANYWHERE);
    expect(mistyped).toMatchObject({ status: 64, stdout: '' });
    expect(mistyped.stderr).toContain('did you mean the command verify?');
  });

  test('--help has the options of a refresh', async () => {
    const { stdout } = await runOcspbot(['--help'], ANYWHERE);
    for (const option of [
      'only NAME',
      'match GLOB',
      'force',
      'dry-run',
      'strict',
      'reload',
      'splay TIME',
      'config FILE',
    ])
      expect(stdout).toMatch(new RegExp(`^  --${option} +[a-z]`, 'm'));
  });
});

describe('the configuration', () => {
  const COMMANDS: readonly (readonly [before: readonly string[], said: RegExp])[] = [
    [[], /certificate/],
    [['refresh'], /certificate/],
    [['validate'], /all is well/],
    [['services', '2'], /^web$/m],
    [['owe', 'web'], /the next run asks/],
    [['explain', 'a.example'], /^a\.example/],
    [['rollback', 'a.example', '--list'], /no backups/],
    [['live', '127.0.0.1:1'], /127\.0\.0\.1:1/],
    [['install', 'ocsp'], /certificate/],
  ];

  function made(file: string): Workspace {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { staple: 'fresh', entry: { services: ['web'] } });
    workspace.configure({ services: { web: {} } });
    if (file !== 'ocspbot.yaml')
      renameSync(workspace.sandbox.path('ocspbot.yaml'), workspace.sandbox.path(file));
    return workspace;
  }

  test.each(COMMANDS)('%j takes it in the same ways', async (command, said) => {
    const workspace = made('own.yaml');
    const ways = [
      [...command, 'own.yaml'],
      [...command, '--config', 'own.yaml'],
      ['--config=own.yaml', ...command],
    ];
    for (const args of ways) {
      const run = await workspace.runCommand(...args);
      expect(run.stdout + run.stderr).toMatch(said);
      expect([64, 70, 78]).not.toContain(run.status);
    }
    const twice = await workspace.runCommand(...command, 'own.yaml', 'another.yaml');
    expect(twice).toMatchObject({ status: 64, stdout: '' });
    expect(twice.stderr).toMatch(/one CONFIG is enough, there is also "another\.yaml"/);
  });

  test.each(COMMANDS)('%j finds it in the working directory', async (command, said) => {
    const run = await made('ocspbot.yaml').runCommand(...command);
    expect(run.stdout + run.stderr).toMatch(said);
  });
});

test.each([
  [true, 'ocspbot.yaml'],
  [false, '/etc/ocspbot.yaml'],
])('without one it is that of the working directory, if it is there (%s), else %s', (isHere, expected) => {
  const files = { facts: (path: string) => (isHere || path === '/etc/ocspbot.yaml' ? {} : undefined) };
  const system = { files, workingFolder: '/work' } as unknown as Parameters<typeof defaultConfiguration>[0];
  expect(defaultConfiguration(system)).toBe(expected);
});

test('options may stand before the command', async () => {
  const run = await runOcspbot(['--json', 'validate', 'not-there.yaml'], ANYWHERE);
  expect(run.status).toBe(78);
  expect(JSON.parse(run.stdout)).toMatchObject({ error: { code: 'configuration-unreadable' } });
});

describe('--only and --match', () => {
  const cases: readonly (readonly [args: readonly string[], names: readonly string[]])[] = [
    [['--only', 'a.example'], ['a.example']],
    // In the order of the configuration, each once.
    [
      ['--only', 'b.example', '--only', 'a.example', '--only', 'b.example'],
      ['a.example', 'b.example'],
    ],
    // A name is not a pattern, also that of a wildcard certificate.
    [['--only', '*.example'], ['*.example']],
    [
      ['--match', '*.example'],
      ['a.example', 'b.example', '*.example'],
    ],
    [['--match', '?.example.org'], ['c.example.org']],
    [
      ['--match', '*.org', '--match', 'a*'],
      ['a.example', 'c.example.org'],
    ],
    [
      ['--only', 'b.example', '--match', '*.org'],
      ['b.example', 'c.example.org'],
    ],
    [
      ['--match', '*'],
      ['a.example', 'b.example', 'c.example.org', '*.example'],
    ],
  ];

  test.each(cases)('%j', async (args, names) => {
    const workspace = makeWorkspace(pki);
    for (const name of ['a.example', 'b.example', 'c.example.org']) workspace.add(name, { staple: 'fresh' });
    workspace.add('*.example', { staple: 'fresh' });
    workspace.configure();
    const run = await workspace.run('--json', '--dry-run', ...args);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(Object.keys(outcomesOf(reportOf(run)))).toEqual(names);
  });

  test('only these are touched', async () => {
    const workspace = makeWorkspace(pki);
    const a = workspace.add('a.example');
    const b = workspace.add('b.example');
    workspace.configure();
    expect((await workspace.run('--match', 'b*')).status).toBe(2);
    expect([workspace.sandbox.exists(a.file), workspace.sandbox.exists(b.file)]).toEqual([false, true]);
    expect(pki.requestsFor(a.certificate)).toEqual([]);
  });

  test.each([
    [
      ['--only', 'b.exmaple'],
      'error: --only b.exmaple: no certificate has this name\n  hint: did you mean "b.example"?\n',
    ],
    [
      ['--only', 'elsewhere.net'],
      'error: --only elsewhere.net: no certificate has this name\n  hint: list the names with: ocspbot validate --verbose ocspbot.yaml\n',
    ],
    [
      ['--only', 'b.*'],
      "error: --only b.*: no certificate has this name\n  hint: patterns go to --match: --match 'b.*'\n",
    ],
    [
      ['--match', '*.net'],
      'error: --match *.net: no certificate has such a name\n  hint: list the names with: ocspbot validate --verbose ocspbot.yaml\n',
    ],
  ])('%j, beside one that is known: nothing is done', async (args, stderr) => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example');
    workspace.add('b.example');
    workspace.configure();
    const run = await workspace.run('--only', 'a.example', ...args);
    expect(run).toMatchObject({ status: 64, stdout: '', stderr });
    expect(workspace.sandbox.list('ocsp')).toEqual([]);
  });
});

describe('how much is said', () => {
  test('--quiet says nothing when all is well, also of what was updated', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example');
    workspace.add('b.example', { staple: 'fresh' });
    workspace.configure();
    expect(await workspace.run('--quiet')).toEqual({ status: 2, signal: undefined, stdout: '', stderr: '' });
    expect(await workspace.run('-q')).toEqual({ status: 0, signal: undefined, stdout: '', stderr: '' });
  });

  test('--quiet says nothing of what is deferred: a good staple is in place', async () => {
    const workspace = makeWorkspace(pki);
    const { certificate } = workspace.add('a.example', { staple: 'due' });
    pki.responder.set('tryLater', certificate);
    workspace.configure();
    expect(await workspace.run('--quiet')).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  test('--verbose says where and by whom, and what of the configuration is not needed', async () => {
    const workspace = makeWorkspace(pki);
    const { file } = workspace.add('a.example', { entry: { services: ['web'] } });
    workspace.configure({ openssl_executable: 'openssl', services: { web: {} } });
    const { stdout, stderr } = await workspace.run('--verbose');
    expect(stderr).toBe('');
    expect(stdout).toContain('note: "openssl_executable" is not needed');
    expect(stdout).toContain(`  file ${workspace.sandbox.path(file)}\n`);
    expect(stdout).toContain(`  responder ${pki.responder.url}\n`);
    expect(stdout).toContain('  services web\n');
    expect((await workspace.run()).stdout).not.toContain('openssl');
  });

  test('--json: nothing but JSON on standard output; trouble on standard error too', async () => {
    const workspace = makeWorkspace(pki);
    const { certificate } = workspace.add('a.example', { staple: 'critical' });
    pki.responder.set('tryLater', certificate);
    workspace.configure();
    const run = await workspace.run('--json', '--verbose');
    expect(reportOf(run)).toMatchObject({ schema: 1, status: 32 });
    expect(run.stderr).toMatch(/^error: a\.example: deferred: /);
  });
});

describe('validate', () => {
  test('says that all is well', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example');
    workspace.configure();
    const before = workspace.sandbox.snapshot();
    const run = await runOcspbot(['validate'], { cwd: workspace.sandbox.folder });
    expect(run).toMatchObject({
      status: 0,
      stdout: 'ocspbot.yaml: 1 certificate, all is well\n',
      stderr: '',
    });
    const verbose = await runOcspbot(['validate', 'ocspbot.yaml', '--verbose'], {
      cwd: workspace.sandbox.folder,
    });
    expect(verbose.stdout).toMatch(
      /^a\.example {2}issued by "Test Intermediate CA", valid until 2045-01-01T00:00:00Z\n/,
    );
    expect(workspace.sandbox.snapshot()).toEqual(before);
  });

  test('tells of every certificate that is wrong', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example');
    workspace.add('b.example');
    workspace.add('c.example');
    workspace.sandbox.write('a.example/cert.pem', '');
    workspace.sandbox.write('b.example/chain.pem', makeCertificate({ subject: 'stranger', ca: true }).pem);
    workspace.configure();
    const options = { cwd: workspace.sandbox.folder };
    const run = await runOcspbot(['validate'], options);
    expect(run.status).toBe(78);
    expect(run.stderr).toMatch(/^error: a\.example: \S+cert\.pem is empty\n/);
    expect(run.stderr).toMatch(
      /^error: b\.example: no certificate of the issuer .* in \S+chain\.pem \(found: "stranger", "Test Root CA"\)\n {2}hint: /m,
    );
    expect(run.stdout).toContain('3 certificates, 2 to correct');
    const json = JSON.parse((await runOcspbot(['validate', '--json'], options)).stdout) as object;
    expect(json).toMatchObject({
      schema: 1,
      status: 78,
      certificates: [
        { name: 'a.example', valid: false, error: { code: 'file-empty' } },
        { name: 'b.example', valid: false, error: { code: 'issuer-not-found' } },
        { name: 'c.example', valid: true },
      ],
    });
  });
});

describe.concurrent('verify', () => {
  let sandbox: Sandbox;
  let leaf: TestCertificate;

  beforeAll(() => {
    sandbox = makeSandbox();
    const { intermediate, root } = pki.authority;
    leaf = pki.issue({ serial: 0x8a01 });
    const stranger = makeCertificate({ subject: 'stranger', ca: true });
    const good = pki.response(leaf, -HOUR, 7 * DAY);
    const files: Record<string, string | Uint8Array> = {
      'leaf.pem': leaf.pem,
      'leaf.der': leaf.der,
      'fullchain.pem': leaf.pem + intermediate.pem,
      'issuer.pem': intermediate.pem,
      'issuer.der': intermediate.der,
      'root.pem': root.pem,
      'stranger.pem': stranger.pem,
      'key.pem': '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n',
      'good.der': good,
      'sha256.der': pki.response(leaf, -HOUR, 7 * DAY, { hash: 'sha256' }),
      'revoked.der': pki.response(leaf, -HOUR, 7 * DAY, { status: { revoked: NOW - DAY, reason: 4 } }),
      'unknown.der': pki.response(leaf, -HOUR, 7 * DAY, { status: 'unknown' }),
      'later.der': makeErrorResponse('tryLater'),
      'expired.der': pki.response(leaf, -2 * DAY, -HOUR),
      'old.der': pki.response(leaf, -20 * DAY, DAY),
      'ahead.der': pki.response(leaf, HOUR, DAY),
      'forever.der': pki.response(leaf, -HOUR, 0, { nextUpdate: undefined }),
      'foreign.der': pki.response(pki.issue(), -HOUR, 7 * DAY),
      'pinned.der': pki.response(leaf, -HOUR, 7 * DAY, { signer: stranger }),
      'sha1.der': pki.response(leaf, -HOUR, 7 * DAY, { signature: 'ecdsa-sha1' }),
      'forged-and-expired.der': pki.response(leaf, -2 * DAY, -HOUR, {
        signer: { ...stranger, name: intermediate.name },
      }),
      'garbage.der': 'not what it seems',
      'empty.der': '',
    };
    for (const [name, content] of Object.entries(files)) sandbox.write(name, content);
  });
  afterAll(() => sandbox.dispose());

  const USUAL = ['--issuer', 'issuer.pem', '--cert', 'leaf.pem'];
  const verify = (...args: readonly string[]): Promise<Run> =>
    runOcspbot(['verify', ...args], { cwd: sandbox.folder });

  interface Shown {
    readonly schema: number;
    readonly verdict: string;
    readonly code?: string;
    readonly checks: readonly {
      readonly step: number;
      readonly name: string;
      readonly section: string;
      readonly outcome: string;
      readonly code?: string;
      readonly class?: string;
      readonly evidence: string;
    }[];
  }

  const verdicts: readonly (readonly [
    file: string,
    args: readonly string[],
    verdict: string,
    /** `code class` of each check that failed, in order; the first is the code of the whole. */
    failures: readonly string[],
  ])[] = [
    ['good', USUAL, 'good', []],
    ['sha256', USUAL, 'good', []],
    ['good', ['--issuer', 'issuer.der', '--cert', 'leaf.der'], 'good', []],
    ['good', ['--issuer', 'fullchain.pem', '--cert', 'fullchain.pem'], 'good', []],
    ['good', ['--issuer', 'issuer.pem', '--serial', '8A:01'], 'good', []],
    ['good', ['--issuer', 'issuer.pem', '--serial', '0x008a01'], 'good', []],
    ['good', [...USUAL, '--root', 'root.pem'], 'good', []],
    ['good', [...USUAL, '--root', 'stranger.pem'], 'rejected', ['issuer-not-trusted evidence']],
    ['good', ['--issuer', 'issuer.pem', '--serial', '8A02'], 'rejected', ['certid-mismatch evidence']],
    ['revoked', USUAL, 'revoked', ['certificate-revoked evidence']],
    ['unknown', USUAL, 'unknown', ['certificate-unknown evidence']],
    ['later', USUAL, 'error-status', ['responder-try-later evidence']],
    ['foreign', USUAL, 'rejected', ['certid-mismatch evidence']],
    ['garbage', USUAL, 'rejected', ['der-malformed evidence']],
    ['empty', USUAL, 'rejected', ['der-malformed evidence']],
    ['expired', USUAL, 'rejected', ['response-expired policy']],
    ['expired', [...USUAL, '--now', new Date(NOW - DAY).toISOString()], 'good', []],
    ['old', USUAL, 'rejected', ['response-too-old policy']],
    ['old', [...USUAL, '--max-age', '3w'], 'good', []],
    ['ahead', USUAL, 'rejected', ['this-update-in-future policy']],
    ['ahead', [...USUAL, '--clock-skew', '2h'], 'good', []],
    ['forever', USUAL, 'rejected', ['next-update-missing policy']],
    ['forever', [...USUAL, '--assumed-validity', '2 hours 5 minutes'], 'good', []],
    ['sha1', USUAL, 'rejected', ['signature-sha1 policy']],
    ['sha1', [...USUAL, '--allow-sha1-signatures'], 'good', []],
    ['pinned', USUAL, 'rejected', ['signer-not-authorized evidence']],
    ['pinned', [...USUAL, '--trusted-responder', 'stranger.pem'], 'good', []],
    ['forged-and-expired', USUAL, 'rejected', ['signature-invalid evidence', 'response-expired policy']],
  ];

  test.each(verdicts)('%s %j: %s %j', async (file, args, verdict, failures) => {
    const run = await verify(`${file}.der`, ...args, '--json');
    expect([run.status, run.stderr]).toEqual([verdict === 'good' ? 0 : 32, '']);
    const shown = JSON.parse(run.stdout) as Shown;
    expect(shown).toMatchObject({ schema: 1, verdict });
    expect(shown.code).toBe(failures[0]?.split(' ')[0]);
    expect(shown.checks.length).toBeGreaterThan(10);
    const steps = shown.checks.map(({ step }) => step);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    for (const check of shown.checks) {
      expect(check.outcome).toMatch(/^(?:passed|warning|failed|not-judged)$/);
      expect([check.name, check.section, check.evidence]).not.toContain('');
      expect(check.section).toMatch(/RFC \d+|BR §/);
      expect(check.class === undefined).toBe(check.outcome !== 'failed');
    }
    const failed = shown.checks.filter(({ outcome }) => outcome === 'failed');
    expect(failed.map(({ code, class: kind }) => `${code} ${kind}`)).toEqual(failures);
  });

  test('in words', async () => {
    const good = await verify('good.der', ...USUAL);
    expect(good.status).toBe(0);
    expect(good.stdout).toMatch(/^ *10 {2}passed {6}signature: .*\(RFC 6960 .*\)$/m);
    expect(good.stdout).toMatch(/\ngood: it would be installed, and is good until \S+Z\n$/);
    const revoked = await verify('revoked.der', ...USUAL);
    expect(revoked.status).toBe(32);
    expect(revoked.stdout).toMatch(/^ *19 {2}failed {6}certStatus: revoked at \S+Z, reason superseded/m);
    expect(revoked.stdout).toMatch(/\nrevoked: .* \[certificate-revoked\]\n$/);
  });

  test.each([
    [['missing.der', ...USUAL], /^error: the response .*missing\.der/],
    [['good.der', '--issuer', 'missing.pem', '--cert', 'leaf.pem'], /^error: missing\.pem does not exist\n/],
    [['good.der', ...USUAL, '--trusted-responder', 'missing.pem'], /^error: missing\.pem does not exist\n/],
  ] as const)('a file that is not there: %j', async (args, expected) => {
    const run = await verify(...args);
    expect(run).toMatchObject({ status: 64, stdout: '' });
    expect(run.stderr).toMatch(expected);
  });

  test.each([
    [
      ['--issuer', 'issuer.pem', '--cert', 'key.pem'],
      'private-key-given',
      'key.pem holds a private key, no certificate',
    ],
    [
      ['--issuer', 'key.pem', '--cert', 'leaf.pem'],
      'private-key-given',
      'key.pem holds a private key, no certificate',
    ],
    [['--issuer', 'issuer.pem', '--cert', 'empty.der'], 'file-empty', 'empty.der is empty'],
    [
      [...USUAL, '--root', 'garbage.der'],
      'not-a-certificate',
      'garbage.der has no certificate: no PEM block at all',
    ],
    [
      ['--issuer', 'issuer.pem', '--cert', 'good.der'],
      'not-a-certificate',
      'good.der holds an OCSP response in DER, no certificate',
    ],
  ] as const)('a file with something else in it: %j, %s', async (args, code, problem) => {
    const run = await verify('good.der', ...args, '--json');
    expect([run.status, run.stderr]).toEqual([32, '']);
    const shown = JSON.parse(run.stdout) as Shown & { problem: string };
    expect(shown).toMatchObject({ schema: 1, verdict: 'rejected', code });
    expect(shown.problem).toMatch(problem);
    expect(shown.checks).toEqual([
      expect.objectContaining({ step: 1, outcome: 'failed', code, class: 'evidence' }),
    ]);
  });
});
