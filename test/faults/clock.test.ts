import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, type TestContext } from 'vitest';
import { onlyOne, outcomesOf, reportOf } from '../command/support/report.js';
import { makeWorkspace, type Workspace } from '../command/support/workspace.js';
import { DAY, HOUR, MINUTE, NOW, SECOND } from '../command/support/times.js';
import { keyToPem, makeAuthority, makeResponse, type TestCertificate } from '../support/ca.js';
import { clockEnvironment, clockFileEnvironment } from '../support/clock.js';
import { startResponder, type Responder } from '../support/responder.js';
import { PROGRAM, type Run } from '../support/run.js';
import type { TestPki } from '../command/support/test-pki.js';

const YEARS = 365 * DAY;

/** A private PKI: its certificates outlive any clock. */
const authority = makeAuthority({ notAfter: NOW + 30 * YEARS });
/** Against the true time; the responder's clock. */
let ahead = 0;
let responder: Responder;
beforeAll(async () => {
  responder = await startResponder({
    issuers: [authority.intermediate],
    now: () => Date.now() + ahead,
    answer: ({ question }) => {
      meanwhile();
      if (question === undefined || !slow.has(Buffer.from(question.serial).toString('hex'))) return undefined;
      whenSlow();
      return 'stall';
    },
  });
});
afterAll(() => responder.close());
const slow = new Set<string>();
/** Called when somebody asks. */
let meanwhile = (): void => undefined;
/** Called when somebody asks about one of those certificates. */
let whenSlow = (): void => undefined;

function respond(certificate: TestCertificate, from: number, until: number): Uint8Array {
  return makeResponse({
    issuer: authority.intermediate,
    certificate,
    thisUpdate: NOW + from,
    nextUpdate: NOW + until,
  });
}

interface Fixture {
  readonly workspace: Workspace;
  readonly certificate: TestCertificate;
}

/** A staple with these times, by the true time, and a backup of an older one. */
function fixture(from: number, until: number, lifetime = 90 * DAY): Fixture {
  ahead = 0;
  const issue = () =>
    authority.issue({ ocspUrls: [responder.url], notBefore: NOW - 9 * DAY, notAfter: NOW + lifetime });
  const workspace = makeWorkspace({ issue } as unknown as TestPki);
  const { certificate, file } = workspace.add('example.com');
  workspace.configure({ backups: { keep: 5 } });
  workspace.sandbox.write(file, respond(certificate, from, until));
  workspace.sandbox.write(`${file}-20260101-000000`, respond(certificate, from - DAY, until - HOUR));
  return { workspace, certificate };
}

/** The program by another clock: `-1h`, or a time. */
function runAt(clock: string, here: Fixture, context: TestContext, ...args: string[]): Promise<Run> {
  return runWith(clockEnvironment(clock, context), here, args);
}

async function runWith(
  clock: Readonly<Record<string, string>>,
  { workspace }: Fixture,
  args: readonly string[],
): Promise<Run> {
  const { folder } = workspace.sandbox;
  const env = {
    ...{ PATH: process.env['PATH'] ?? '', HOME: folder, TZ: 'UTC' },
    ...clock,
  };
  const result = await execa(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    env,
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
  });
  const { exitCode: status, signal, stdout, stderr } = result;
  return { status, signal, stdout, stderr };
}

const RUN = ['ocspbot.yaml', '--json'];

/** No staple, no backup: nothing but the lock's number has changed. */
function filesIn({ workspace }: Fixture): object {
  return workspace.sandbox.snapshot('ocsp');
}

async function expectUntouched(here: Fixture, run: () => Promise<Run>): Promise<Run> {
  const before = Object.entries(filesIn(here)).filter(([name]) => !name.startsWith('.'));
  const ended = await run();
  expect(Object.entries(filesIn(here)).filter(([name]) => !name.startsWith('.'))).toEqual(before);
  return ended;
}

async function expectWellAgain({ workspace }: Fixture): Promise<void> {
  const next = await workspace.run('--json');
  expect(next.status).toBe(0);
  expect(outcomesOf(reportOf(next))).toEqual({ 'example.com': 'unchanged fresh' });
}

/** Formats a time for the file of a clock. */
function clockAt(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').slice(0, 19);
}

/** Starts a TLS server that staples what it is told to. Returns its port. */
async function staple(certificate: TestCertificate, response: () => Uint8Array): Promise<number> {
  const cert = certificate.pem + authority.intermediate.pem;
  const server = createServer({ cert, key: keyToPem(certificate.key) }, (socket) => {
    socket.on('error', () => undefined);
  });
  server.on('OCSPRequest', (_certificate, _issuer, callback) => callback(null, Buffer.from(response())));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const FILE = 'ocsp/example.com.ocsp';
/** The state folder is in the folder of staples. */
const BACKUPS = 'ocsp/.ocspbot/backups';

describe('a clock that goes back by an hour', () => {
  /** The true time here: the clock must not be before the build of the program, which was just now. */
  const TRUE = '+2h';
  const BEHIND = '+1h';
  const after = (from: number, until: number): Fixture => {
    const here = fixture(from + 2 * HOUR, until);
    ahead = 2 * HOUR;
    return here;
  };

  test('of a staple that is younger than that says what is wrong, and keeps it', async (context) => {
    const here = after(-10 * MINUTE, 7 * DAY);
    const run = await expectUntouched(here, () => runAt(BEHIND, here, context, ...RUN));
    expect(run.status).toBe(32);
    expect(onlyOne(reportOf(run))).toMatchObject({ outcome: 'deferred', reason: 'clock-wrong' });
    expect((await runAt(TRUE, here, context, ...RUN)).status).toBe(0);
  });

  test('does not matter to an older one', async (context) => {
    const here = after(-2 * HOUR, 7 * DAY);
    const run = await expectUntouched(here, () => runAt(BEHIND, here, context, ...RUN));
    expect(run.status).toBe(0);
  });

  test('takes no answer from what is the future to it', async (context) => {
    const here = after(-5 * DAY, DAY);
    responder.lifetime = { age: 0, validity: 7 * DAY };
    const run = await expectUntouched(here, () => runAt(BEHIND, here, context, ...RUN));
    expect(onlyOne(reportOf(run))).toMatchObject({ outcome: 'deferred', reason: 'this-update-in-future' });
    expect((await runAt(TRUE, here, context, ...RUN)).status).toBe(2);
    responder.lifetime = { age: HOUR, validity: 7 * DAY };
  });
});

describe('a clock that is at 1970', () => {
  test.for([
    ['a staple', false],
    ['no staple', true],
  ] as const)('is not believed, and nothing is asked or written: %s', async ([, isMissing], context) => {
    const here = fixture(-HOUR, 7 * DAY);
    if (isMissing) here.workspace.sandbox.remove('ocsp/example.com.ocsp');
    responder.reset();
    const run = await expectUntouched(here, () => runAt('@1970-01-01 00:00:10', here, context, ...RUN));
    expect(run.status).toBe(32);
    expect(onlyOne(reportOf(run))).toMatchObject({
      outcome: isMissing ? 'failed' : 'deferred',
      reason: 'clock-wrong',
      message: expect.stringContaining('the clock says 1970-01-01T00:00:1'),
    });
    expect(responder.requests).toHaveLength(0);
    if (!isMissing) await expectWellAgain(here);
  });
});

describe('a clock that is ten years ahead', () => {
  const AHEAD = '+3650d';

  test('of a certificate that ends before says so, with the time that it has', async (context) => {
    const here = fixture(-HOUR, 7 * DAY);
    const run = await expectUntouched(here, () => runAt(AHEAD, here, context, ...RUN));
    expect(run.status).toBe(32);
    expect(onlyOne(reportOf(run))).toMatchObject({
      outcome: 'failed',
      reason: 'certificate-expired',
      hint: expect.stringContaining('set the clock, which says 2036-'),
    });
    await expectWellAgain(here);
  });

  test('takes no answer for expired staples that itself is expired; all is well when the clock is', async (context) => {
    const here = fixture(-HOUR, 7 * DAY, 20 * YEARS);
    for (const args of [RUN, [...RUN, '--force']]) {
      const run = await expectUntouched(here, () => runAt(AHEAD, here, context, ...args));
      expect(run.status).toBe(32);
      expect(onlyOne(reportOf(run))).toMatchObject({
        outcome: 'failed',
        reason: 'response-expired',
        hint: expect.stringContaining('or the clock is ahead'),
      });
    }
    const rollback = ['rollback', 'example.com', '--config', 'ocspbot.yaml'];
    const rolled = await expectUntouched(here, () => runAt(AHEAD, here, context, ...rollback));
    expect(rolled.status).toBe(32);
    await expectWellAgain(here);
  });

  test('and a responder with the same clock: the way back is a rollback, or a run by force', async (context) => {
    const here = fixture(-HOUR, 7 * DAY, 20 * YEARS);
    const good = here.workspace.sandbox.read('ocsp/example.com.ocsp');
    ahead = 3650 * DAY;
    const fooled = await runAt(AHEAD, here, context, ...RUN);
    expect(outcomesOf(reportOf(fooled))).toEqual({ 'example.com': 'updated unusable' });
    ahead = 0;
    const next = await expectUntouched(here, () => here.workspace.run());
    expect(next.status).toBe(32);
    expect(next.stderr).toMatch(
      /the clock says .*\n {2}hint: .*if it is right, --force replaces that response/,
    );
    const given = await here.workspace.runCommand('rollback', 'example.com', '--config', 'ocspbot.yaml');
    expect(given.status).toBe(2);
    expect(here.workspace.sandbox.read('ocsp/example.com.ocsp')).toEqual(good);
    await expectWellAgain(here);

    ahead = 3650 * DAY;
    expect((await runAt(AHEAD, here, context, ...RUN)).status).toBe(2);
    ahead = 0;
    expect(outcomesOf(reportOf(await here.workspace.run('--json', '--force')))).toEqual({
      'example.com': 'updated forced',
    });
    await expectWellAgain(here);
  });

  test('hinders nobody later by what it has dated: locks, temporary files, backups', async (context) => {
    const here = fixture(-4 * DAY, 3 * DAY, 20 * YEARS);
    ahead = 3650 * DAY;
    await runAt(AHEAD, here, context, ...RUN);
    ahead = 0;
    await here.workspace.run('--force');
    const dated = here.workspace.sandbox.list(BACKUPS).filter((name) => name.includes('-2036'));
    expect(dated).toHaveLength(1);
    for (let run = 0; run < 7; run++) await here.workspace.run('--force');
    const backups = here.workspace.sandbox.list(BACKUPS);
    expect(backups).toHaveLength(5);
    expect(backups).toEqual(expect.arrayContaining(dated));
    const list = await here.workspace.runCommand(
      'rollback',
      'example.com',
      '--config',
      'ocspbot.yaml',
      '--list',
    );
    expect(list.status).toBe(0);
  });
});

test('a run that goes on over midnight has one time, of its beginning', async (context) => {
  const here = fixture(-4 * DAY, 2 * DAY);
  const { sandbox } = here.workspace;
  const late = here.workspace.add('late.example');
  slow.add(Buffer.from(late.certificate.serial).toString('hex'));
  sandbox.write(late.file, respond(late.certificate, -4 * DAY, 2 * DAY));
  here.workspace.configure({
    make_backups: true,
    parallel_threads: 1,
    http: { timeout: '3s' },
    output_log: '{day}.log',
  });
  const midnight = Math.ceil(NOW / DAY) * DAY;
  const clock = sandbox.path('clock');
  // The clock stands still, so that no busy machine is late.
  const set = (time: number) => sandbox.write('clock', clockAt(time));
  set(midnight - SECOND);
  whenSlow = () => set(midnight + SECOND);
  const only = ['--only', 'late.example', '--only', 'example.com'];
  const run = await runWith(clockFileEnvironment(clock, context), here, [...only, ...RUN]);
  const report = reportOf(run);
  expect(report.time).toMatch(/T23:59:59Z$/);
  expect(outcomesOf(report)).toMatchObject({ 'late.example': 'deferred timeout' });
  const stamp = report.time.replaceAll(/[-:Z]/g, '').replace('T', '-');
  expect(sandbox.list(BACKUPS)).toContainEqual(
    expect.stringMatching(new RegExp(`^example\\.com\\.ocsp\\.[0-9a-f]{12}-${stamp}$`)),
  );
  expect(sandbox.list().filter((name) => name.endsWith('.log'))).toHaveLength(1);
});

describe('a run that takes longer than clock_skew', () => {
  /** The time passes while the responder is asked. */
  const PASSES = 20 * MINUTE;

  async function runWhile(here: Fixture, context: TestContext, change: () => void): Promise<Run> {
    const { sandbox } = here.workspace;
    sandbox.write('clock', clockAt(NOW));
    meanwhile = () => {
      sandbox.write('clock', clockAt(NOW + PASSES));
      change();
      meanwhile = () => undefined;
    };
    return await runWith(clockFileEnvironment(sandbox.path('clock'), context), here, RUN);
  }

  test('takes what was signed in its course, and sees that it is good', async (context) => {
    const here = fixture(-4 * DAY, 2 * DAY);
    const { workspace, certificate } = here;
    workspace.configure({ metrics_file: 'metrics', publish_folder: 'published' });
    workspace.sandbox.write('published/.keep', '');
    const signed = respond(certificate, PASSES - MINUTE, 7 * DAY);
    const run = await runWhile(here, context, () =>
      responder.set({ kind: 'bytes', bytes: signed }, certificate),
    );
    expect(outcomesOf(reportOf(run))).toEqual({ 'example.com': 'updated due' });
    expect(Buffer.compare(workspace.sandbox.read(FILE), signed)).toBe(0);
    expect(workspace.sandbox.text('metrics')).toMatch(/^ocspbot_certificate_state\{.*state="fresh"\} 1$/m);
    expect(workspace.sandbox.list('published')).not.toEqual(['.keep']);
  });

  test('replaces nothing newer that another program has installed meanwhile', async (context) => {
    const here = fixture(-4 * DAY, 2 * DAY);
    const newer = respond(here.certificate, PASSES - MINUTE, 8 * DAY);
    const run = await runWhile(here, context, () => here.workspace.sandbox.write(FILE, newer));
    expect(outcomesOf(reportOf(run))).toEqual({ 'example.com': 'deferred older-than-installed' });
    expect(Buffer.compare(here.workspace.sandbox.read(FILE), newer)).toBe(0);
  });

  test('publishes nothing in the place of what another publisher has published meanwhile', async (context) => {
    const here = fixture(-4 * DAY, 2 * DAY);
    const { sandbox, add, configure, run } = here.workspace;
    sandbox.remove(FILE);
    const { certificate, file } = add('kept.example');
    sandbox.write(file, respond(certificate, -HOUR, 7 * DAY));
    configure({ publish_folder: 'published' });
    sandbox.write('published/.keep', '');
    await run('--only', 'kept.example');
    const published = Object.entries(sandbox.snapshot('published')).flatMap(([name, { kind }]) =>
      kind === 'file' && name !== '.keep' ? `published/${name}` : [],
    );
    expect(published.length).toBeGreaterThan(0);
    const newer = respond(certificate, PASSES - MINUTE, 8 * DAY);
    await runWhile(here, context, () => {
      for (const path of published) sandbox.write(path, newer);
    });
    for (const path of published) expect(Buffer.compare(sandbox.read(path), newer)).toBe(0);
  });

  test('knows with stop_on_error, too, what another program has installed before its turn', async (context) => {
    const here = fixture(-4 * DAY, 2 * DAY);
    const { sandbox, add, configure } = here.workspace;
    const { certificate, file } = add('later.example');
    configure({ stop_on_error: true });
    const run = await runWhile(here, context, () =>
      sandbox.write(file, respond(certificate, PASSES - MINUTE, 8 * DAY)),
    );
    expect(outcomesOf(reportOf(run))).toEqual({
      'example.com': 'updated due',
      'later.example': 'unchanged fresh',
    });
  });

  test('waits no less for a server that has just been reloaded', async (context) => {
    const here = fixture(-4 * DAY, 2 * DAY);
    const { sandbox, add, configure } = here.workspace;
    const { certificate, file } = add('live.example', { entry: { services: ['web'] } });
    const old = respond(certificate, -4 * DAY, 2 * DAY);
    sandbox.write(file, old);
    let looks = 0;
    const port = await staple(certificate, () => {
      looks += 1;
      if (looks === 1) sandbox.write('clock', clockAt(NOW + PASSES));
      return looks === 1 ? old : sandbox.read(file);
    });
    configure({
      services: { web: { reload: ['true'], live: `127.0.0.1:${port}` } },
      run_reloads: true,
    });
    sandbox.write('clock', clockAt(NOW));
    const clock = clockFileEnvironment(sandbox.path('clock'), context);
    const run = await runWith(clock, here, [...RUN, '--only', 'live.example']);
    expect(reportOf(run)).toMatchObject({ status: 0, reloads: [{ service: 'web', outcome: 'reloaded' }] });
  });

  test('is not deceived by a clock that is set back', async (context) => {
    const here = fixture(-4 * DAY, 2 * DAY);
    const { sandbox } = here.workspace;
    const run = await runWhile(here, context, () => void sandbox.write('clock', '2000-01-01 00:00:00'));
    expect(outcomesOf(reportOf(run))).toEqual({ 'example.com': 'updated due' });
  });
});
