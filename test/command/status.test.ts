import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { columnsOf } from '../../src/util/columns.js';
import { requireProgram } from '../support/require.js';
import { COMMAND, runOcspbot } from '../support/run.js';
import { furtherResponders } from './support/further-responders.js';
import type { StapleName } from './support/staples.js';
import { pendingReloads, stateOf, writePendingReloads } from './support/state.js';
import { DAY } from './support/times.js';
import { openTestPki } from './support/test-pki.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';

const pki = openTestPki();
const start = furtherResponders(pki);

interface StatusReport {
  readonly status: number;
  readonly last_run?: { readonly status: number; readonly good: boolean };
  readonly last_good_run?: { readonly status: number };
  readonly services: readonly object[];
  readonly problems: readonly string[];
  readonly certificates: readonly CertificateRow[];
}

interface CertificateRow {
  readonly name: string;
  readonly state: string;
  readonly urgency: string;
  readonly action: string;
  readonly reason: string;
  readonly staple?: object;
  readonly last_attempt?: object;
}

async function statusOf(workspace: Workspace, ...options: string[]): Promise<StatusReport> {
  const before = workspace.sandbox.snapshot();
  const run = await workspace.runCommand('status', '--json', ...options);
  expect(workspace.sandbox.snapshot()).toEqual(before);
  const report = JSON.parse(run.stdout) as StatusReport;
  expect(run).toMatchObject({ status: report.status, stderr: '' });
  return report;
}

const NONE = { certificate: { ocspUrls: [] } };
const EXPIRED = { certificate: { notAfter: Date.now() - 60_000 } };
const LDAP = { certificate: { ocspUrls: ['ldap://ocsp.example/'] } };

/** Each state, what a run would do, and its reason. */
const STATES: [StapleName, state: string, action: string, reason: string, options?: object][] = [
  ['revoked', 'revoked', 'fetch', 'unusable'],
  ['fresh', 'expired', 'fail', 'certificate-expired', EXPIRED],
  ['missing', 'missing', 'fetch', 'absent'],
  ['expired', 'missing', 'fetch', 'unusable'],
  ['corrupt', 'missing', 'fetch', 'unusable'],
  ['foreign', 'missing', 'fetch', 'foreign'],
  ['ahead', 'missing', 'fail', 'clock-wrong'],
  ['text', 'missing', 'fail', 'target-unsuitable'],
  ['unknown', 'missing', 'fetch', 'unusable'],
  ['missing', 'missing', 'fail', 'url-unsupported', LDAP],
  ['missing', 'missing', 'fail', 'no-responder', { certificate: { ocspUrls: [], mustStaple: true } }],
  ['critical', 'critical', 'fetch', 'due'],
  ['due', 'blocked', 'fail', 'url-unsupported', LDAP],
  ['due', 'due', 'fetch', 'due'],
  ['fresh', 'fresh', 'keep', 'fresh'],
  ['missing', 'not-applicable', 'nothing', 'no-responder', NONE],
];

test('each state, the most urgent first; a run then comes to what was foretold', async () => {
  const workspace = makeWorkspace(pki);
  const nameOf = (index: number) => `c${index}.example`;
  for (const [index, [staple, , , , options = {}]] of STATES.entries())
    workspace.add(nameOf(index), { staple, ...options });
  workspace.add('broken.example', { staple: 'fresh' });
  workspace.configure();
  workspace.sandbox.write('broken.example/cert.pem', 'no certificate');
  const { certificates, status } = await statusOf(workspace);
  const found = new Map(certificates.map((one) => [one.name, one]));
  for (const [index, [, state, action, reason]] of STATES.entries())
    expect(found.get(nameOf(index))).toMatchObject({ name: nameOf(index), state, action, reason });
  const order = [...new Set(certificates.map(({ state }) => state))];
  const states = ['revoked', 'expired', 'broken', 'missing', 'critical', 'blocked', 'due', 'fresh'];
  expect(order).toEqual([...states, 'not-applicable']);
  expect(status).toBe(32);

  const run = await workspace.run('--json');
  const report = JSON.parse(run.stdout) as {
    certificates: { name: string; outcome: string; reason: string }[];
  };
  for (const { name, outcome, reason } of report.certificates) {
    const foretold = found.get(name);
    const expected = { keep: 'unchanged', fetch: 'updated', nothing: 'not-applicable' }[
      foretold?.action ?? ''
    ];
    if (expected === undefined) expect(['failed', 'deferred'], name).toContain(outcome);
    else expect([name, outcome]).toEqual([name, expected]);
    expect([name, reason]).toEqual([name, foretold?.reason]);
  }
});

describe('what earlier runs have left', () => {
  test('the last run, the last good one, and the last attempt with its error', async () => {
    const workspace = makeWorkspace(pki);
    const { certificate } = workspace.add('a.example', { staple: 'due', entry: { services: ['web'] } });
    workspace.add('b.example', { staple: 'fresh' });
    workspace.configure({ services: { web: {} }, http: { attempts: 1 } });
    expect((await statusOf(workspace)).last_run).toBeUndefined();
    pki.responder.set('tryLater', certificate);
    expect((await workspace.run()).status).toBe(0);
    const failed = { outcome: 'deferred', reason: 'responder-try-later', failed: true };
    const report = await statusOf(workspace);
    expect(report).toMatchObject({ status: 0, last_run: { status: 0, good: true } });
    expect(report.certificates[0]).toMatchObject({
      name: 'a.example',
      state: 'waiting',
      urgency: 'warning',
      last_attempt: failed,
    });

    pki.responder.set('revoked', certificate);
    expect((await workspace.run('--force', '--only', 'a.example')).status).toBe(32);
    const revoked = await statusOf(workspace);
    // A run of some certificates is not the last run, but its attempts count.
    expect(revoked).toMatchObject({ status: 32, last_run: { good: true } });
    expect(revoked.certificates[0]).toMatchObject({ name: 'a.example', state: 'revoked', urgency: 'person' });
    expect((await workspace.run('--force')).status).toBe(34);
    expect(await statusOf(workspace)).toMatchObject({
      last_run: { status: 34, good: false },
      last_good_run: { status: 0 },
    });
  });

  test('pending reloads; a lock of another run is no obstacle', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { staple: 'fresh', entry: { services: ['web'] } });
    workspace.configure({ services: { web: {}, mail: {} } });
    writePendingReloads(workspace.sandbox, ['web']);
    const { services } = await statusOf(workspace);
    expect(services).toMatchObject([
      { name: 'web', exit_bit: 2, reload_pending: true, certificates: 1 },
      { name: 'mail', exit_bit: 4, reload_pending: false, certificates: 0 },
    ]);
    expect(pendingReloads(workspace.sandbox)).toEqual(['web']);
    expect((await workspace.runCommand('status')).stdout).toMatch(/; reload pending: web; no run of all/);
  });

  test('records with times that nobody can have written count as none, in each form', async () => {
    const workspace = makeWorkspace(pki);
    const { sandbox } = workspace;
    workspace.add('a.example', { staple: 'due' });
    workspace.configure();
    expect((await workspace.run()).status).toBe(2);
    const [own = ''] = sandbox.list('ocsp/.ocspbot');
    const file = `ocsp/.ocspbot/${own}/attempts.json`;
    const written = sandbox.text(file);
    expect(written).toMatch(/"at":\d{13}/);
    for (const at of ['9007199254740991', '253402300800000', '-1']) {
      sandbox.write(file, written.replaceAll(/"at":\d{13}/g, `"at":${at}`));
      expect((await statusOf(workspace)).certificates[0]?.last_attempt, at).toBeUndefined();
      const page = await workspace.runCommand('status', '--html', 'page.html');
      expect(page, at).toMatchObject({ status: 0, stderr: '' });
    }
  });

  test('the last attempt, and the days of the page, are those of the record', async () => {
    const workspace = makeWorkspace(pki);
    const { sandbox } = workspace;
    workspace.add('a.example', { staple: 'due' });
    workspace.configure();
    expect((await workspace.run()).status).toBe(2);
    const file = `${stateOf(sandbox)}/attempts.json`;
    const record = JSON.parse(sandbox.text(file)) as { certificates: Record<string, object>; days: object };
    record.certificates['a.example'] = {
      ...record.certificates['a.example'],
      outcome: 'failed',
      reason: 'timeout',
    };
    record.days = { [new Date(Date.now() - DAY).toISOString().slice(0, 10)]: { renewed: 412, failed: 37 } };
    sandbox.write(file, JSON.stringify(record));
    expect((await statusOf(workspace)).certificates[0]?.last_attempt).toMatchObject({
      outcome: 'failed',
      reason: 'timeout',
    });
    expect((await workspace.runCommand('status', '--html', 'page.html')).status).toBe(0);
    expect(sandbox.text('page.html')).toMatch(/412 renewed,\s+37 failed attempts/);
  });

  test('damaged records are put aside by a run that writes new ones, and by nothing else', async () => {
    const workspace = makeWorkspace(pki);
    const { sandbox } = workspace;
    const busy = await start(() => 'tryLater');
    workspace.add('a.example', { staple: 'due' });
    workspace.add('b.example', { staple: 'due', certificate: { ocspUrls: [busy.url] } });
    workspace.configure({ http: { attempts: 1 } });
    expect((await workspace.run()).status).toBe(2);
    const names = ['attempts.json', 'responders.json'];
    const files = names.map((name) => `${stateOf(sandbox)}/${name}`);
    const truncated = files.map((file) => sandbox.text(file).slice(0, -9));
    files.forEach((file, index) => sandbox.write(file, truncated[index] ?? ''));
    const before = sandbox.list(stateOf(sandbox));
    for (const command of ['status', 'check'] as const)
      expect(await workspace.runCommand(command), command).toMatchObject({ status: 0, stderr: '' });
    expect((await workspace.run('--dry-run')).stderr).not.toContain('.damaged');
    expect(sandbox.list(stateOf(sandbox))).toEqual(before);
    expect(files.map((file) => sandbox.text(file))).toEqual(truncated);
    const told = await workspace.run('--force');
    expect(told.status).toBe(2);
    for (const name of names)
      expect(told.stderr).toMatch(
        new RegExp(`^warning: .*/${name} was damaged .*/${name}\\.damaged, and`, 'm'),
      );
    expect(files.map((file) => sandbox.text(`${file}.damaged`))).toEqual(truncated);
    expect((await workspace.run('--force')).stderr).not.toContain('.damaged');
    expect((await statusOf(workspace)).certificates[1]?.last_attempt).toBeDefined();
  });

  test('damaged records count as none', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { staple: 'fresh' });
    workspace.configure();
    expect((await workspace.run('--force')).status).toBe(2);
    const [own = ''] = workspace.sandbox.list('ocsp/.ocspbot');
    for (const name of workspace.sandbox.list(`ocsp/.ocspbot/${own}`))
      workspace.sandbox.write(
        `ocsp/.ocspbot/${own}/${name}`,
        '{"schema":1,"certificates":[7],"runs":{"last":{}}}',
      );
    const { last_run: lastRun, certificates, services } = await statusOf(workspace);
    expect(services).toMatchObject([{ reload_pending: false }]);
    expect(lastRun).toBeUndefined();
    expect(certificates).toMatchObject([{ state: 'fresh' }]);
    expect(certificates[0]?.last_attempt).toBeUndefined();
  });
});

describe('the table', () => {
  const tableOf = (workspace: Workspace, env: Record<string, string>, ...options: string[]) =>
    runOcspbot(['status', 'ocspbot.yaml', ...options], { cwd: workspace.sandbox.folder, env });

  test('fits into the columns, whatever the names are, and shows more where there is room', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('due.example', { staple: 'due', certificate: { mustStaple: true } });
    workspace.add(`${'very-'.repeat(20)}long.example`, { staple: 'fresh' });
    workspace.add('見本.example', { staple: 'fresh' });
    workspace.configure();
    for (const width of [60, 80, 140]) {
      const { stdout } = await tableOf(workspace, { COLUMNS: String(width) });
      const rows = stdout.split('\n').slice(0, 5);
      expect(rows[0]).toMatch(/^name +state +left +lifetime +a run now/);
      expect(rows.map((row) => columnsOf(row)).filter((columns) => columns > width)).toEqual([]);
      expect(rows[0]?.includes('must-staple')).toBe(width === 140);
      expect(stdout).toContain('見本.example');
      expect(stdout).not.toContain('\u001B');
    }
  });

  test('on a terminal has its width, and colours unless they are unwanted', async (context) => {
    const script = requireProgram('script', 'bsdutils', context);
    const workspace = makeWorkspace(pki);
    workspace.add('missing.example', { staple: 'missing' });
    workspace.add('fresh.example', { staple: 'fresh' });
    workspace.configure();
    const onTerminal = async (env: Record<string, string>, ...options: string[]) => {
      const command = `stty cols 150; ${COMMAND} status ${options.join(' ')}`;
      const { folder: cwd } = workspace.sandbox;
      return (
        await execa(script, ['-qec', command, '/dev/null'], { cwd, env, reject: false, stdin: 'ignore' })
      ).stdout;
    };
    const xterm = { TERM: 'xterm', NO_COLOR: '' };
    const shown = await onTerminal(xterm);
    expect(shown).toContain('\u001B[31mmissing.example');
    expect(shown).toContain('\u001B[32mfresh');
    expect(shown).toContain('issuer');
    for (const [env, ...options] of [
      [{ ...xterm, NO_COLOR: '1' }],
      [{ ...xterm, TERM: 'dumb' }],
      [xterm, '--no-color'],
    ] as [Record<string, string>, ...string[]][]) {
      const plain = await onTerminal(env, ...options);
      expect(plain).toContain('missing.example');
      expect(plain).not.toContain('\u001B');
    }
  });

  test('filters by name and state; quiet says only what needs attention', async () => {
    const workspace = makeWorkspace(pki);
    for (const staple of ['fresh', 'due', 'missing'] as const) workspace.add(`${staple}.example`, { staple });
    workspace.configure();
    const namesOf = async (...options: string[]) =>
      (await statusOf(workspace, ...options)).certificates.map(({ name }) => name);
    expect(await namesOf('--state', 'due', '--state', 'fresh')).toEqual(['due.example', 'fresh.example']);
    expect(await namesOf('--state', 'attention')).toEqual(['missing.example']);
    expect(await namesOf('--match', '*e.example')).toEqual(['due.example']);
    const good = await tableOf(workspace, {}, '--quiet', '--only', 'due.example');
    expect(good).toMatchObject({ status: 0, stdout: '', stderr: '' });
    const bad = await tableOf(workspace, {}, '--quiet');
    expect(bad.status).toBe(32);
    expect(bad.stdout).toMatch(/^name.*\nmissing\.example/);
    expect(bad.stdout).not.toContain('fresh.example');
    expect(bad.stdout).toContain(
      '\nerror: missing.example: missing: there is no staple\n  hint: run ocspbot',
    );
    const wrong = await tableOf(workspace, {}, '--state', 'frehs');
    expect(wrong).toMatchObject({ status: 64, stderr: expect.stringContaining('did you mean "fresh"?') });
  });

  test('has one form at a time', async () => {
    const workspace = makeWorkspace(pki);
    workspace.configure();
    for (const forms of [
      ['--html', 'x.html', '--json'],
      ['--prometheus', '--json'],
      ['--html', 'x.html', '--prometheus'],
    ]) {
      const { status, stderr } = await tableOf(workspace, {}, ...forms);
      expect([forms, status]).toEqual([forms, 64]);
      expect(stderr).toContain('exclude each other');
    }
    expect(workspace.sandbox.exists('x.html')).toBe(false);
  });

  test('certificates that may be in an unreadable place need attention', async () => {
    const workspace = makeWorkspace(pki);
    workspace.add('a.example', { staple: 'fresh' });
    workspace.configure({ scan_keys: [{ folder: 'nowhere' }] });
    const report = await statusOf(workspace);
    expect(report).toMatchObject({ status: 32, problems: [expect.stringContaining('nowhere')] });
  });
});
