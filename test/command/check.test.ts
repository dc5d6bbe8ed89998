import { copyFileSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { PROGRAM, runOcspbot } from '../support/run.js';
import { startOcspbot, until } from './support/child.js';
import type { StapleName } from './support/staples.js';
import { pendingReloads, writePendingReloads } from './support/state.js';
import { openTestPki } from './support/test-pki.js';
import { makeWorkspace, type DomainOptions, type Workspace } from './support/workspace.js';

const pki = openTestPki();
const OFF = ['--run-warning', 'off'];

function withStaple(staple: StapleName, options: DomainOptions = {}): Workspace {
  const workspace = makeWorkspace(pki);
  workspace.add('a.example', { staple, ...options });
  workspace.configure();
  return workspace;
}

async function check(workspace: Workspace, ...options: string[]) {
  const before = workspace.sandbox.snapshot();
  const run = await workspace.runCommand('check', 'ocspbot.yaml', ...options);
  expect(workspace.sandbox.snapshot()).toEqual(before);
  return run;
}

const NONE = { certificate: { ocspUrls: [] } };
const EXPIRED = { certificate: { notAfter: Date.now() - 60_000 } };

/** The staples by their names. A staple that is missing or bad is never told as good. */
const STAPLES: [StapleName, level: 'ok' | 'critical', text?: RegExp, options?: DomainOptions][] = [
  ['fresh', 'ok'],
  ['due', 'ok'],
  ['critical', 'critical', /critical: /],
  ['missing', 'critical', /there is no staple/],
  ['expired', 'critical', /has passed/],
  ['revoked', 'critical', /revoked: /],
  ['foreign', 'critical', /missing: /],
  ['corrupt', 'critical', /signature/],
  ['empty', 'critical', /missing: /],
  ['ahead', 'critical', /clock/],
  ['text', 'critical', /it holds/],
  ['unknown', 'critical', /does not know/],
  ['fresh', 'critical', /expired: /, EXPIRED],
  ['missing', 'critical', /must-staple/, { certificate: { ocspUrls: [], mustStaple: true } }],
];

describe('the verdict', () => {
  test('of each staple', async () => {
    const workspace = makeWorkspace(pki);
    for (const [index, [staple, , , options]] of STAPLES.entries())
      workspace.add(`c${index}.example`, { staple, ...options });
    workspace.configure();
    const { status, stdout } = await check(workspace, ...OFF, '--json');
    const verdict = JSON.parse(stdout) as { level: string; findings: { level: string; text: string }[] };
    expect([status, verdict.level]).toEqual([2, 'critical']);
    for (const [index, [staple, expected, text]] of STAPLES.entries()) {
      const own = verdict.findings.filter((one) => one.text.startsWith(`c${index}.example: `));
      expect(
        own.map(({ level }) => level),
        staple,
      ).toEqual(expected === 'ok' ? [] : [expected]);
      if (text !== undefined) expect(own[0]?.text).toMatch(text);
    }
  });

  test.each([
    [
      'fresh',
      0,
      /^OCSP OK - 1 staple good; the first ends in 6 days 23 hours \(a\.example\) \| certificates=1;/,
      {},
    ],
    ['missing', 2, /^OCSP CRITICAL - a\.example: missing: there is no staple \| /, {}],
    ['missing', 3, /^OCSP UNKNOWN - none of 1 certificate needs a staple/, NONE],
  ] as const)('of a staple that is %s is %i', async (staple, status, line, options) => {
    const run = await check(withStaple(staple, options), ...OFF);
    expect(run).toMatchObject({ status, stderr: '' });
    expect(run.stdout).toMatch(line);
    expect(run.stdout.split('\n')[0]).toMatch(/ \| certificates=\d+;;;0 attention=\d+;;0;0( left=\d+s;;)?$/);
  });

  test('is UNKNOWN without certificates, and for what stops a run; all of it is on standard output', async () => {
    const workspace = makeWorkspace(pki);
    const rows: [keys: Record<string, unknown>, options: string[], line: RegExp][] = [
      [{}, [], /^OCSP UNKNOWN - there is no certificate/],
      [{ scan_keys: [{ folder: 'nowhere' }] }, [], /^OCSP UNKNOWN - .*nowhere/],
      [{ minimum_validty: '3d' }, [], /^OCSP UNKNOWN - .*problem/],
      [{}, ['--only', 'nobody'], /^OCSP UNKNOWN - --only nobody: no certificate has this name/],
      [{}, ['--match', 'x|<b>*'], /^OCSP UNKNOWN - --match x\/'b'\*: no/],
      [{}, ['-w', 'soon'], /^OCSP UNKNOWN - --warning soon is neither/],
      [{}, ['-w', '101%'], /^OCSP UNKNOWN - --warning 101% is neither/],
      [{}, ['-w', '1d', '-c', '2d'], /^OCSP UNKNOWN - --warning is less than --critical/],
      [{}, ['--frobnicate'], /^OCSP UNKNOWN - check has no option --frobnicate/],
      [{}, ['a.yaml', 'b.yaml'], /^OCSP UNKNOWN - one CONFIG is enough/],
    ];
    for (const [keys, options, line] of rows) {
      workspace.configure(keys);
      const run = await check(workspace, ...OFF, ...options);
      expect(run, line.source).toMatchObject({ status: 3, stderr: '' });
      expect(run.stdout).toMatch(line);
    }
    const nowhere = await workspace.runCommand('check', 'nowhere.yaml');
    expect(nowhere).toMatchObject({ status: 3, stdout: expect.stringMatching(/^OCSP UNKNOWN - /) });
    expect(nowhere.stdout).toMatch(/^UNKNOWN there is no configuration .* \(name one on the command line: /m);
  });

  test('names the problems of a configuration on standard output: monitoring shows nothing else', async () => {
    const workspace = makeWorkspace(pki);
    workspace.configure({ minimum_validty: '3d', 'a|<b>': 1 });
    const lines = (await check(workspace)).stdout.trimEnd().split('\n');
    expect(lines).toEqual([
      'OCSP UNKNOWN - the configuration ocspbot.yaml has 2 problems',
      expect.stringMatching(/^UNKNOWN ocspbot\.yaml:2:1: unknown key "minimum_validty" .*"minimum_validity"/),
      expect.stringMatching(/^UNKNOWN ocspbot\.yaml:3:1: unknown key "a\/'b'"/),
    ]);
    const many = Array.from({ length: 20 }, (_, index) => [`k${index}`, 1]);
    workspace.configure(Object.fromEntries(many) as Record<string, unknown>);
    const told = (await check(workspace)).stdout.trimEnd().split('\n');
    expect(told).toHaveLength(17);
    expect(told.at(-1)).toBe('and 5 more: see ocspbot validate');
    expect((await check(workspace, '--verbose')).stdout.trimEnd().split('\n')).toHaveLength(21);
    expect((await check(workspace, '--quiet')).stdout.split('\n')).toHaveLength(2);
  });

  test.each([
    [['-w', '8d'], 1],
    [['-w', '6d'], 0],
    [['-c', '8d'], 2],
    [['-w', '8d', '-c', '7d'], 2],
    [['-w', '8d', '-c', '6d'], 1],
    [['-w', '100%'], 1],
    [['-w', '99%'], 0],
    [['-w', '100%', '-c', '99.9%'], 2],
  ])('by %j is %i', async (options, status) => {
    const run = await check(withStaple('fresh'), ...OFF, ...options);
    expect(run.status).toBe(status);
    if (status > 0)
      expect(run.stdout).toMatch(/a\.example: fresh: only 6 days 23 hours of the staple are left/);
  });

  test('is UNKNOWN where Secrets of a cluster are not looked at, and status needs attention', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { staple: 'fresh' });
    workspace.configure({ kubernetes: { namespaces: ['gateways'] } });
    expect(await check(workspace, ...OFF)).toMatchObject({
      status: 3,
      stdout: expect.stringMatching(/^OCSP UNKNOWN - the TLS Secrets of "kubernetes" are not looked at here/),
    });
    expect(await workspace.runCommand('status', 'ocspbot.yaml')).toMatchObject({ status: 32 });
  });

  test('tells when there was no good run for long, or a reload is pending', async () => {
    const workspace = withStaple('fresh');
    const never = await check(workspace);
    expect(never).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^OCSP WARNING - no good run is known/),
    });
    await workspace.run();
    expect((await check(workspace)).stdout).toMatch(
      /^OCSP OK - .*; last good run \d+ seconds? ago \| .* run_age=\d+s;10800;;0/,
    );
    const later = ['--now', new Date(Date.now() + 4 * 3_600_000).toISOString()];
    expect(await check(workspace, ...later)).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^OCSP WARNING - the last good run was 4 hours.* ago/),
    });
    expect((await check(workspace, ...later, '--run-critical', '239m')).status).toBe(2);
    expect((await check(workspace, ...later, '--run-warning', '5h')).status).toBe(0);
    writePendingReloads(workspace.sandbox, ['-']);
    expect(await check(workspace)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('reload of what uses the certificates of no service is pending'),
    });
  });

  test('is no OK where each run warns of the configuration: a folder of certificates may be missing', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { staple: 'fresh' });
    workspace.configure({ includes: ['nowhere'] });
    const said = /the folder ".*\/nowhere" that ocspbot\.yaml:\d+:\d+ includes does not exist/;
    const run = await check(workspace, ...OFF);
    expect(run).toMatchObject({ status: 1, stderr: '' });
    expect(run.stdout.split(' - ')[1]).toMatch(said);
    const status = await workspace.runCommand('status');
    expect(status).toMatchObject({ status: 0, stdout: expect.stringMatching(said) });
    expect((await workspace.runCommand('status', '--json')).stdout).toMatch(/"warnings": \[\s+"the folder /);
  });

  test('takes no reload for pending that a run at work is about to ask for', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('quick.example', { staple: 'due' });
    const { certificate } = workspace.add('slow.example', { staple: 'due' });
    let answer = () => undefined as void;
    const after = new Promise<void>((resolve) => (answer = resolve));
    pki.responder.set({ kind: 'with', after }, certificate);
    workspace.configure();
    const before = workspace.staple('quick.example');
    const run = startOcspbot(['ocspbot.yaml'], { cwd: workspace.sandbox.folder });
    await until(() => workspace.staple('quick.example')?.inode !== before?.inode);
    expect(pendingReloads(workspace.sandbox)).toEqual(['-']);
    expect(await workspace.runCommand('check', 'ocspbot.yaml', ...OFF)).toMatchObject({ status: 0 });
    expect((await workspace.runCommand('status')).stdout).toMatch(/; reload pending: .*; a run is at work; /);
    const isRunning = async () =>
      (JSON.parse((await workspace.runCommand('status', '--json')).stdout) as { running: boolean }).running;
    expect(await isRunning()).toBe(true);
    // The same record of a run that has died is a reload that nobody has made.
    await run.kill();
    answer();
    expect((await check(workspace, ...OFF)).stdout).toMatch(
      /^OCSP WARNING - the reload of what uses the certificates of no service is pending/,
    );
    expect(await isRunning()).toBe(false);
  });

  test('does not take a run in the future for one that was just now', async () => {
    const workspace = withStaple('fresh');
    const later = (hours: number) => ['--now', new Date(Date.now() + hours * 3_600_000).toISOString()];
    await workspace.run(...later(48));
    expect(await check(workspace)).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(
        /^OCSP WARNING - the last good run was 1 day 23 hours ahead of the clock \| (?!.*run_age)/,
      ),
    });
    expect((await check(workspace, '--run-warning', 'off', '--run-critical', '1d')).status).toBe(2);
    expect((await check(workspace, ...OFF)).status).toBe(0);
    expect((await check(workspace, ...later(49))).status).toBe(0);
    const { stdout } = await workspace.runCommand('status');
    expect(stdout).toContain('; last run 1 day 23 hours ahead of the clock (status 0)');
  });

  test('has nothing left where one certificate is not stapled', async () => {
    const workspace = makeWorkspace(pki);
    for (const staple of ['fresh', 'missing'] as const) workspace.add(`${staple}.example`, { staple });
    workspace.configure();
    expect((await check(workspace, ...OFF)).stdout).toMatch(/ left=0s;;$/m);
    expect((await check(workspace, ...OFF, '--only', 'fresh.example')).stdout).toMatch(/ left=6\d{5}s;;$/m);
  });

  test.each([['--help'], ['-h'], ['--version'], ['-v'], ['-v', 'ocspbot.yaml']])(
    'is not OK where only the help or the version is asked for: %j',
    async (...options) => {
      expect(await check(withStaple('missing'), ...options)).toMatchObject({ status: 3, stderr: '' });
    },
  );

  test('has a line for each trouble, the worst first, and no bar in it', async () => {
    const workspace = makeWorkspace(pki);
    for (let index = 0; index < 20; index++) workspace.add(`c${index}.example`, { staple: 'missing' });
    workspace.add('a|b.example', { staple: 'fresh' });
    workspace.configure();
    const { stdout, status } = await check(workspace, ...OFF, '-w', '9d');
    expect(status).toBe(2);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^OCSP CRITICAL - c\d+\.example: missing: .*, and 20 more \| /);
    expect(lines).toHaveLength(17);
    expect(lines.at(-1)).toBe('and 6 more: see ocspbot status ocspbot.yaml');
    const verbose = await check(workspace, ...OFF, '-w', '9d', '--verbose');
    expect(verbose.stdout.trimEnd().split('\n').at(-1)).toMatch(/^WARNING a\/b\.example: fresh: only 6 days/);
    expect((await check(workspace, ...OFF, '--quiet')).stdout.split('\n')).toHaveLength(2);
  });
});

test('a fault in ocspbot is UNKNOWN', async () => {
  const workspace = withStaple('fresh');
  workspace.sandbox.write(
    'broken.cjs',
    'require("node:fs").openSync = () => { throw new TypeError("oh no"); };',
  );
  const env = {
    PATH: process.env['PATH'] ?? '',
    NODE_OPTIONS: `--require ${workspace.sandbox.path('broken.cjs')}`,
  };
  const run = await runOcspbot(['check', 'ocspbot.yaml'], { cwd: workspace.sandbox.folder, env });
  expect(run.status).toBe(3);
  // A program that is cut short fails while it is loaded.
  const program = workspace.sandbox.path('cut.cjs');
  copyFileSync(PROGRAM, program);
  const cut = await execa(process.execPath, [program, 'check', 'ocspbot.yaml'], { reject: false });
  expect(cut.exitCode).toBe(3);
});
