import { mkdirSync, symlinkSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { backupName } from '../../src/storage/backup-names.js';
import { requireRoot } from '../support/require.js';
import { COMMAND, type Run } from '../support/run.js';
import { makeResponse } from '../support/ca.js';
import { onlyOne, outcomesOf, reportOf } from './support/report.js';
import { makeWorkspace, type Domain, type DomainOptions, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import { DAY, HOUR, MINUTE, NOW } from './support/times.js';
import { pendingReloads, stateOf } from './support/state.js';

const pki = openTestPki();

/** Backups by their name, which says how many days old they are. */
type Shelf = Readonly<Record<string, Uint8Array>>;

interface Fixture {
  readonly workspace: Workspace;
  readonly domain: Domain;
  readonly backups: Shelf;
}

type Times = readonly [from: number, until: number];

/** Backups of so many days ago, where earlier versions kept them, and one of them or something else in place. */
function fixture(
  shelf: Readonly<Record<number, Times | Uint8Array>>,
  inPlace: Times | Uint8Array | undefined,
  options: DomainOptions & { readonly keys?: Readonly<Record<string, unknown>> } = {},
): Fixture {
  const workspace = makeWorkspace(pki);
  const { keys = {}, ...entry } = options;
  const domain = workspace.add('example.com', entry);
  const bytesOf = (what: Times | Uint8Array): Uint8Array =>
    what instanceof Uint8Array ? what : pki.response(domain.certificate, ...what);
  const backups = Object.entries(shelf).map(([days, what]) => [nameOf(Number(days)), bytesOf(what)] as const);
  for (const [name, bytes] of backups) workspace.sandbox.write(`ocsp/${name}`, bytes);
  if (inPlace !== undefined) workspace.sandbox.write('ocsp/example.com.ocsp', bytesOf(inPlace), 0o640);
  workspace.configure({ make_backups: true, ...keys });
  return { workspace, domain, backups: Object.fromEntries(backups) };
}

function nameOf(days: number): string {
  return backupName('example.com.ocsp', NOW - days * DAY, 1);
}

function stampOf(days: number): string {
  return nameOf(days).slice('example.com.ocsp-'.length);
}

function rollback({ workspace }: Fixture, ...args: string[]): Promise<Run> {
  return workspace.runCommand('rollback', 'example.com', '--config', 'ocspbot.yaml', ...args);
}

function inPlace({ workspace }: Fixture): Uint8Array {
  return workspace.sandbox.read('ocsp/example.com.ocsp');
}

/** Returns the age in days of the backup that is in place. */
function expectInPlace(here: Fixture, days: number): void {
  expect(Buffer.from(inPlace(here))).toEqual(Buffer.from(here.backups[nameOf(days)] ?? []));
}

/** Returns the backups in the folder of backups. */
function kept({ workspace: { sandbox } }: Fixture): Uint8Array[] {
  const folder = 'ocsp/.ocspbot/backups';
  return sandbox.list(folder).map((name) => sandbox.read(`${folder}/${name}`));
}

const NEWEST: Times = [-HOUR, 7 * DAY];
const OLDER: Times = [-DAY, 6 * DAY];
const OLDEST: Times = [-3 * DAY, 4 * DAY];
const EXPIRED: Times = [-8 * DAY, -DAY];

describe('a rollback', () => {
  test('puts back the newest good one that is older, keeps what it replaces, and asks for the reload', async () => {
    const here = fixture({ 1: OLDER, 3: OLDEST, 8: EXPIRED }, NEWEST, { entry: { services: ['web'] } });
    here.workspace.configure({ make_backups: true, services: { web: { exit_bit: 4 } } });
    const replaced = inPlace(here);
    const run = await rollback(here);
    expect(run).toMatchObject({ status: 4, stderr: '' });
    expect(run.stdout).toMatch(
      /^example\.com {2}updated {9}rolled back to example\.com\.ocsp-\S+; good until .*; no run replaces it before /,
    );
    expect(run.stdout).toMatch(/\n1 certificate: 1 updated; to reload: web; status 4\n$/);
    expectInPlace(here, 1);
    expect(here.workspace.staple('example.com')).toMatchObject({ mode: '640' });
    expect(kept(here)).toContainEqual(replaced);
    expect(pendingReloads(here.workspace.sandbox)).toEqual([]);
    expect(pki.requestsFor(here.domain.certificate)).toEqual([]);
  });

  test('done twice goes back further, and never to what was rolled back', async () => {
    const here = fixture({ 1: OLDER, 3: OLDEST }, NEWEST);
    expect((await rollback(here)).status).toBe(2);
    expectInPlace(here, 1);
    expect((await rollback(here)).status).toBe(2);
    expectInPlace(here, 3);
    const third = await rollback(here);
    expect(third.status).toBe(32);
    expect(third.stderr).toMatch(/^error: example\.com: failed: none of 4 backups is good and older than/);
    expectInPlace(here, 3);
  });

  test('removes no backup: the way back is as long as before', async () => {
    const here = fixture({ 1: OLDER, 3: OLDEST, 4: [-4 * DAY, 3 * DAY] }, NEWEST, {
      keys: { backups: { keep: 3, max_age: '3d 12h' } },
    });
    for (const days of [1, 3, 4]) {
      expect(await rollback(here)).toMatchObject({ status: 2, stderr: '' });
      expectInPlace(here, days);
    }
    for (const bytes of Object.values(here.backups)) expect(kept(here)).toContainEqual(new Uint8Array(bytes));
  });

  test.each([
    ['nothing', undefined],
    ['garbage', Buffer.from('ff00ff00', 'hex')],
    ['one that has expired', [-5 * DAY, -MINUTE] as const],
  ])('from %s takes the newest good one', async (_, what) => {
    const here = fixture({ 1: OLDER, 3: OLDEST }, what);
    expect(await rollback(here)).toMatchObject({ status: 2, stderr: '' });
    expectInPlace(here, 1);
  });

  test('passes over what is forged, foreign, revoked, garbage, from the future, or no file', async () => {
    const here = fixture({}, NEWEST);
    const { certificate } = here.domain;
    const { sandbox } = here.workspace;
    const times = { thisUpdate: NOW - 2 * DAY, nextUpdate: NOW + 5 * DAY };
    const forged = makeResponse({
      issuer: pki.authority.intermediate,
      certificate,
      signer: pki.authority.issue(),
      ...times,
    });
    const revoked = pki.response(certificate, -2 * DAY, 5 * DAY, {
      status: { revoked: NOW - 3 * DAY, reason: 1 },
    });
    sandbox.write(`ocsp/${nameOf(1)}`, forged);
    sandbox.write(`ocsp/${nameOf(2)}`, pki.response(pki.issue(), -2 * DAY, 5 * DAY));
    sandbox.write(`ocsp/${nameOf(3)}`, revoked);
    sandbox.write(`ocsp/${nameOf(4)}`, 'garbage');
    sandbox.write(`ocsp/${nameOf(5)}`, pki.response(certificate, DAY, 5 * DAY));
    mkdirSync(sandbox.path(`ocsp/${nameOf(6)}`));
    sandbox.write('elsewhere', pki.response(certificate, ...OLDER));
    symlinkSync(sandbox.path('elsewhere'), sandbox.path(`ocsp/${nameOf(7)}`));
    sandbox.write(`ocsp/${nameOf(8)}.keep`, pki.response(certificate, ...OLDER));
    const before = sandbox.snapshot('ocsp');
    for (const args of [[], ['--force']]) {
      expect(await rollback(here, ...args)).toMatchObject({ status: 32 });
      expect(sandbox.snapshot('ocsp')).toMatchObject(before);
    }
    for (const days of [1, 2, 3, 4, 5]) {
      const run = await rollback(here, '--to', stampOf(days), '--force', '--json');
      expect(run.status).toBe(32);
      expect(outcomesOf(reportOf(run))).toEqual({ 'example.com': 'failed no-backup' });
    }
    expect(sandbox.snapshot('ocsp')).toMatchObject(before);
  });

  test.each([
    [false, 'make_backups: true keeps each'],
    [true, 'each staple that is replaced from now on is kept there; a run with --force asks'],
  ])('where there is no backup says so, and what to do; make_backups: %s', async (make_backups, hint) => {
    const run = await rollback(fixture({}, NEWEST, { keys: { make_backups } }));
    expect(run.status).toBe(32);
    expect(run.stderr).toMatch(/failed: there is no backup of .*; the staple in place is good until .*\n/);
    expect(run.stderr).toContain(`\n  hint: ${hint}`);
  });

  test('of a name that is not there is a matter of the command line', async () => {
    const { workspace } = fixture({}, NEWEST);
    const run = await workspace.runCommand('rollback', 'example.org', '--config', 'ocspbot.yaml');
    expect(run.status).toBe(64);
    expect(run.stderr).toContain(
      'has no certificate of the name example.org\n  hint: did you mean "example.com"?',
    );
  });

  test('in a dry run changes nothing', async () => {
    const here = fixture({ 1: OLDER }, NEWEST);
    const before = here.workspace.sandbox.snapshot();
    const run = await rollback(here, '--dry-run', '--verbose');
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(/would be rolled back to example\.com\.ocsp-/);
    expect(here.workspace.sandbox.snapshot()).toEqual(before);
  });

  test('finds backups in their folder, behind links, and where backups are off', async () => {
    const here = fixture({}, NEWEST, { keys: { backups: { folder: 'kept' } } });
    const { sandbox } = here.workspace;
    const older = pki.response(here.domain.certificate, ...OLDER);
    sandbox.write(`kept/real.ocsp-${stampOf(1)}`, older);
    sandbox.write('ocsp/real.ocsp', inPlace(here));
    sandbox.remove('ocsp/example.com.ocsp');
    symlinkSync('real.ocsp', sandbox.path('ocsp/example.com.ocsp'));
    expect(await rollback(here)).toMatchObject({ status: 2, stderr: '' });
    expect(sandbox.read('ocsp/real.ocsp')).toEqual(older);
    expect(sandbox.list('kept')).toHaveLength(2);

    const off = fixture({ 1: OLDER }, NEWEST, { keys: { make_backups: false } });
    expect((await rollback(off)).status).toBe(2);
    expectInPlace(off, 1);
    expect(off.workspace.sandbox.list('ocsp').filter((name) => name.includes('-'))).toEqual([nameOf(1)]);
  });

  test('is refused while another run is at work, like a run', async () => {
    const here = fixture({ 1: OLDER }, NEWEST);
    here.workspace.sandbox.write(
      `${stateOf(here.workspace.sandbox)}/lock-1`,
      JSON.stringify({
        schema: 1,
        state: 'held',
        holder: { pid: 1, started: '', host: 'elsewhere' },
        since: Date.now(),
        token: 'x',
      }),
    );
    expect((await rollback(here)).status).toBe(75);
  });

  test('that could not be recorded leaves no note, which would keep that response in place later', async () => {
    const here = fixture({ 1: OLDER }, NEWEST);
    const { sandbox } = here.workspace;
    const before = inPlace(here);
    // No file can take the place of a folder.
    sandbox.write(`${stateOf(sandbox)}/reload-debt.json/occupied`, '');
    const run = await rollback(here, '--json');
    expect(outcomesOf(reportOf(run))).toEqual({ 'example.com': 'failed target-unsuitable' });
    expect(inPlace(here)).toEqual(before);
    expect(sandbox.list(stateOf(sandbox)).filter((name) => name.startsWith('put-back'))).toEqual([]);
  });

  test('reloads by itself where that is wanted', async () => {
    const here = fixture({ 1: OLDER }, NEWEST, { entry: { services: ['web'] } });
    here.workspace.configure({ make_backups: true, services: { web: { reload: ['touch', 'reloaded'] } } });
    expect(await rollback(here, '--reload')).toMatchObject({ status: 0, stderr: '' });
    expect(here.workspace.sandbox.exists('reloaded')).toBe(true);
  });
});

describe('--to', () => {
  test.each([
    ['the time in its name', () => stampOf(3)],
    ['its whole name', () => nameOf(3)],
    ['the time in ISO 8601', () => new Date(NOW - 3 * DAY).toISOString().replace('.000', '')],
  ])('takes %s', async (_, to) => {
    const here = fixture({ 1: OLDER, 3: OLDEST }, NEWEST);
    expect(await rollback(here, '--to', to())).toMatchObject({ status: 2, stderr: '' });
    expectInPlace(here, 3);
  });

  test('takes also a newer one, and one of several of a second', async () => {
    const here = fixture({ 1: NEWEST }, OLDER);
    expect((await rollback(here, '--to', stampOf(1))).status).toBe(2);
    expectInPlace(here, 1);
    const second = pki.response(here.domain.certificate, ...OLDEST);
    here.workspace.sandbox.write(`ocsp/${nameOf(1)}-2`, second);
    expect((await rollback(here, '--to', `${stampOf(1)}-2`)).status).toBe(2);
    expect(inPlace(here)).toEqual(second);
  });

  test('what is in place already changes nothing', async () => {
    const here = fixture({ 1: OLDER }, OLDER);
    here.workspace.sandbox.write(`ocsp/${nameOf(1)}`, inPlace(here));
    const before = here.workspace.staple('example.com');
    const run = await rollback(here, '--to', stampOf(1));
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('that backup is in place already');
    expect(here.workspace.staple('example.com')).toEqual(before);
  });

  test.each(['20200101-000000', 'yesterday', '2020-01-01T00:00:00Z'])('%j is not there', async (to) => {
    const run = await rollback(fixture({ 1: OLDER }, NEWEST), '--to', to);
    expect(run.status).toBe(32);
    expect(run.stderr).toMatch(
      /failed: no backup of .*\n {2}hint: see what there is: ocspbot rollback example\.com --list --config ocspbot\.yaml\n/,
    );
  });
});

describe('one whose time is past', () => {
  test.each([
    ['expired', EXPIRED, {}],
    ['too old', [-5 * DAY, 5 * DAY] as const, { max_age: '2d' }],
  ])('%s: only by force, and a person is told', async (_, times, keys) => {
    const here = fixture({ 8: times }, undefined, { keys });
    const refused = await rollback(here, '--to', stampOf(8));
    expect(refused.status).toBe(32);
    expect(refused.stderr).toMatch(/failed: \S+ is not restored: .*\n {2}hint: --force restores it anyway\n/);
    expect(here.workspace.staple('example.com')).toBeUndefined();
    expect((await rollback(here)).status).toBe(32);
    const forced = await rollback(here, '--force', '--json');
    expect(forced.status).toBe(34);
    expect(onlyOne(reportOf(forced))).toMatchObject({
      outcome: 'updated',
      reason: 'rolled-back',
      urgency: 'person',
      warnings: [expect.stringMatching(/^its time is past \(.*\): the next run replaces it/)],
    });
    expectInPlace(here, 8);
  });

  test('comes after all that are good', async () => {
    const here = fixture({ 1: EXPIRED, 3: OLDEST }, NEWEST);
    expect(await rollback(here, '--force')).toMatchObject({ status: 2, stderr: '' });
    expectInPlace(here, 3);
  });

  test('is replaced by the next run', async () => {
    const here = fixture({ 8: EXPIRED }, undefined);
    await rollback(here, '--force');
    const next = await here.workspace.run('--json');
    expect(outcomesOf(reportOf(next))).toEqual({ 'example.com': 'updated unusable' });
    expect(putBacks(here)).toEqual([]);
  });
});

/** Returns the records of rollbacks in the state folder. */
function putBacks({ workspace: { sandbox } }: Fixture): string[] {
  return sandbox.list(stateOf(sandbox)).filter((name) => name.startsWith('put-back'));
}

describe('the runs after a rollback', () => {
  /** Due, but far from its end. */
  const DUE: Times = [-4 * DAY, 3 * DAY];

  test('leave it in place, and say why; explain says it too', async () => {
    const here = fixture({ 1: DUE }, NEWEST);
    await rollback(here);
    const next = await here.workspace.run();
    expect(next).toMatchObject({ status: 0, stderr: '' });
    expect(next.stdout).toMatch(/unchanged {7}restored by a rollback; good until /);
    expectInPlace(here, 1);
    const explained = await here.workspace.runCommand('explain', 'example.com', 'ocspbot.yaml');
    expect(explained.stdout).toMatch(/staple {7}usable, in .*, restored by a rollback\n/);
    expect(explained.stdout).toContain('a run now would keep the staple');
    expect(pki.requestsFor(here.domain.certificate)).toEqual([]);
  });

  test('nor do responses that are given hourly undo it, but by force', async () => {
    const here = fixture({ 1: DUE }, NEWEST);
    const replaced = inPlace(here);
    await rollback(here);
    here.workspace.sandbox.write('given', replaced);
    const args = ['install', 'given', '--config', 'ocspbot.yaml'];
    expect(await here.workspace.runCommand(...args)).toMatchObject({ status: 0, stderr: '' });
    expectInPlace(here, 1);
    expect((await here.workspace.runCommand(...args, '--force')).status).toBe(2);
    expect(inPlace(here)).toEqual(replaced);
  });

  test('with --force fetch a new one, which is refreshed as ever', async () => {
    const here = fixture({ 1: DUE }, NEWEST);
    await rollback(here);
    expect(putBacks(here)).toHaveLength(1);
    const forced = await here.workspace.run('--force', '--json');
    expect(outcomesOf(reportOf(forced))).toEqual({ 'example.com': 'updated forced' });
    expect(putBacks(here)).toEqual([]);
    expect(outcomesOf(reportOf(await here.workspace.run('--json')))).toEqual({
      'example.com': 'unchanged fresh',
    });
  });

  /** Adds another entry of the same certificate, with the same files in place and in the backups. */
  function withSecondEntry(here: Fixture): Domain {
    const { workspace, backups } = here;
    const { cert, chain, rootchain } = here.domain.entry;
    const second = workspace.add('second.example', { entry: { cert, chain, rootchain } });
    workspace.sandbox.write(second.file, inPlace(here));
    const backup = `ocsp/${backupName('second.example.ocsp', NOW - DAY, 1)}`;
    workspace.sandbox.write(backup, backups[nameOf(1)] ?? '');
    workspace.configure({ make_backups: true });
    return second;
  }

  test('leave it in place also after that of another entry of the certificate has failed', async (context) => {
    requireRoot(context);
    const here = fixture({ 1: DUE }, NEWEST);
    const { sandbox, run } = here.workspace;
    const file = sandbox.path(withSecondEntry(here).file);
    await rollback(here);
    // Nothing can be renamed to a mount point.
    const command = `mount --bind ${file} ${file} && exec ${COMMAND} rollback second.example`;
    const options = { cwd: sandbox.folder, reject: false };
    const failed = await execa('unshare', ['--mount', 'sh', '-c', command], options);
    expect(failed).toMatchObject({ exitCode: 32, stderr: expect.stringContaining('EBUSY') });
    expect((await run('--only', 'example.com')).stdout).toContain('restored by a rollback; ');
  });

  test('with --force for one entry of a certificate leave the rollback of another entry', async () => {
    const here = fixture({ 1: DUE }, NEWEST);
    const { workspace } = here;
    const second = withSecondEntry(here);
    await rollback(here);
    await workspace.runCommand('rollback', 'second.example', '--config', 'ocspbot.yaml');
    const forced = await workspace.run('--force', '--json', '--only', 'example.com');
    expect(outcomesOf(reportOf(forced))).toEqual({ 'example.com': 'updated forced' });
    expect((await workspace.run()).stdout).toMatch(/^second\.example +unchanged +restored by a rollback; /m);
    expect(Buffer.from(workspace.sandbox.read(second.file))).toEqual(
      Buffer.from(here.backups[nameOf(1)] ?? []),
    );
    expect(outcomesOf(reportOf(await workspace.run('--force', '--json')))).toMatchObject({
      'second.example': 'updated forced',
    });
    expect(putBacks(here)).toEqual([]);
  });

  test('with --force treat it as any other, also where the responder gives just that one', async () => {
    const here = fixture({ 1: DUE }, NEWEST);
    await rollback(here);
    const { certificate } = here.domain;
    pki.responder.set({ kind: 'bytes', bytes: inPlace(here) }, certificate);
    await here.workspace.run('--force', '--dry-run');
    expect((await here.workspace.run()).stdout).toContain('restored by a rollback');
    const forced = await here.workspace.run('--force', '--json');
    expect(outcomesOf(reportOf(forced))).toEqual({ 'example.com': 'unchanged same-response' });
    pki.responder.set({ kind: 'bytes', bytes: pki.response(certificate, -MINUTE, 8 * DAY) }, certificate);
    const next = await here.workspace.run('--json');
    expect(outcomesOf(reportOf(next))).toEqual({ 'example.com': 'updated due' });
  });

  test('replace it when it is about to end', async () => {
    const here = fixture({ 1: DUE }, NEWEST, { keys: { critical_validity: '2d' } });
    await rollback(here);
    const late = new Date(NOW + DAY + MINUTE).toISOString();
    pki.responder.set(
      { kind: 'bytes', bytes: pki.response(here.domain.certificate, HOUR, 8 * DAY) },
      here.domain.certificate,
    );
    const run = await here.workspace.run('--json', '--now', late);
    expect(outcomesOf(reportOf(run))).toEqual({ 'example.com': 'updated due' });
  });

  test('replace at once what was about to end already', async () => {
    const here = fixture({ 1: [-6 * DAY, HOUR] }, NEWEST);
    const run = await rollback(here);
    expect(run.status).toBe(2);
    expect(run.stdout).toContain('it is about to end: the next run replaces it');
    expect(outcomesOf(reportOf(await here.workspace.run('--json')))).toEqual({
      'example.com': 'updated due',
    });
  });
});

describe('--list', () => {
  test('tells times and verdicts, and changes nothing', async () => {
    const here = fixture({ 1: OLDER, 3: OLDEST, 5: Buffer.from('garbage'), 8: EXPIRED }, NEWEST);
    const before = here.workspace.sandbox.snapshot();
    const run = await rollback(here, '--list');
    expect(run).toMatchObject({ status: 0, stderr: '' });
    const lines = run.stdout.trimEnd().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/^in place {25}\s*usable {6}of \S+, good until \S+$/),
      expect.stringMatching(new RegExp(`^${nameOf(1)}  good {8}of \\S+, good until \\S+$`)),
      expect.stringMatching(new RegExp(`^${nameOf(3)}  good {8}of \\S+, good until \\S+$`)),
      expect.stringMatching(new RegExp(`^${nameOf(5)}  refused {5}`)),
      expect.stringMatching(new RegExp(`^${nameOf(8)}  past {8}of .*: nextUpdate \\S+ has passed$`)),
      `ocspbot rollback example.com --config ocspbot.yaml would restore ${nameOf(1)}`,
    ]);
    expect(here.workspace.sandbox.snapshot()).toEqual(before);
  });

  test('in JSON', async () => {
    const here = fixture({ 1: OLDER, 8: EXPIRED }, NEWEST);
    const run = await rollback(here, '--list', '--json');
    expect(JSON.parse(run.stdout)).toMatchObject({
      schema: 1,
      name: 'example.com',
      staple: { state: 'usable', put_back: false },
      backups: [
        {
          name: nameOf(1),
          verdict: 'good',
          made: expect.stringMatching(/Z$/),
          useful_until: expect.anything(),
        },
        { name: nameOf(8), verdict: 'past', problem: expect.stringContaining('has passed') },
      ],
      chosen: nameOf(1),
    });
  });

  test('answers for --to and --force, and with 1 where nothing would be put back', async () => {
    const here = fixture({ 8: EXPIRED }, NEWEST);
    expect((await rollback(here, '--list')).status).toBe(32);
    expect((await rollback(here, '--list', '--to', stampOf(8))).stdout).toContain(
      'cannot be restored without --force',
    );
    const forced = await rollback(here, '--list', '--force');
    expect(forced.status).toBe(0);
    expect(forced.stdout).toContain(
      '\nocspbot rollback example.com --force --config ocspbot.yaml would restore ',
    );
    const none = await rollback(fixture({}, NEWEST), '--list');
    expect(none.status).toBe(32);
    expect(none.stdout).toMatch(/\nthere are no backups in .*backups\n$/);
  });
});
