import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { PROGRAM } from '../support/run.js';
import { requireProgram } from '../support/require.js';
import type { Mode, Responder } from '../support/responder.js';
import { formOf } from './support/forms.js';
import { furtherResponders, type Behaviour } from './support/further-responders.js';
import { onlyOne, outcomesOf, reportOf, type CertificateReport } from './support/report.js';
import { makeWorkspace, type Domain, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';
import type { StapleName } from './support/staples.js';
import { DAY, HOUR, MINUTE } from './support/times.js';
import { stateOf } from './support/state.js';

const pki = openTestPki();
const start = furtherResponders(pki);
const memoryOf = ({ sandbox }: Workspace) => `${stateOf(sandbox)}/responders.json`;

interface Fixture {
  readonly workspace: Workspace;
  readonly domain: Domain;
  readonly responder: Responder;
  /** The only certificate, after another run. */
  run(...args: string[]): Promise<CertificateReport>;
  /** Returns the requests since the last call. */
  asked(): string[];
}

/** Prepares a certificate whose responder behaves as given. */
async function play(answer: Behaviour, staple: StapleName = 'due'): Promise<Fixture> {
  const responder = await start(answer);
  const workspace = makeWorkspace(pki);
  const domain = workspace.add('a.example', { staple, certificate: { ocspUrls: [responder.url] } });
  workspace.configure({ http: { attempts: 1 } });
  let seen = 0;
  return {
    workspace,
    domain,
    responder,
    run: async (...args) => onlyOne(reportOf(await workspace.run('--json', ...args))),
    asked: () => {
      const requests = responder.requests.slice(seen);
      seen += requests.length;
      return requests.map(formOf);
    },
  };
}

/** As an argument; the staples are against the real time. */
function at(offset: number): string[] {
  return ['--now', new Date(Date.now() + offset).toISOString()];
}

const tryLater: Behaviour = () => 'tryLater';
/** The requests of a run. */
const BOTH = ['GET sha1', 'POST sha1'];

describe('after a failure', () => {
  test('the next run leaves the responder alone for a while, says so, and asks again then', async () => {
    const { run, asked, workspace } = await play(tryLater);
    expect(await run()).toMatchObject({
      outcome: 'deferred',
      reason: 'responder-try-later',
      urgency: 'warning',
    });
    expect(asked()).toEqual(BOTH);

    const waiting = await run();
    expect(asked()).toEqual([]);
    expect(waiting).toMatchObject({
      outcome: 'deferred',
      reason: 'waiting',
      urgency: 'warning',
      attempts: [],
    });
    expect(waiting.message).toMatch(
      /^not asked: asking the responder failed at \S+Z \(responder-try-later\); asked again from \S+Z on \(in \d minutes?( \d+ seconds?)?\); the staple in place is good until \S+Z \(1 day 23 hours\)$/,
    );
    expect(waiting.hint).toBe('ask now with --force');
    const retryAt = Date.parse(waiting.retry_at ?? '');
    expect(retryAt).toBeGreaterThan(Date.now() + MINUTE);
    expect(retryAt).toBeLessThan(Date.now() + 5 * MINUTE);
    expect((await workspace.run()).status).toBe(0);
    expect((await workspace.run('--strict')).status).toBe(32);
    expect(asked()).toEqual([]);

    expect((await run(...at(6 * MINUTE))).reason).toBe('responder-try-later');
    expect(asked()).toEqual(BOTH);
    // Twice as long by now: ten minutes, of which chance may take half.
    expect((await run(...at(10 * MINUTE))).reason).toBe('waiting');
    expect((await run(...at(17 * MINUTE))).reason).toBe('responder-try-later');
  });

  test('it is no failure that stop_on_error would stop at', async () => {
    const { workspace, responder } = await play(tryLater);
    workspace.add('b.example');
    workspace.configure({ stop_on_error: true, http: { attempts: 1 } });
    expect(reportOf(await workspace.run('--json')).not_reached).toEqual(['b.example']);
    expect(outcomesOf(reportOf(await workspace.run('--json')))).toEqual({
      'a.example': 'deferred waiting',
      'b.example': 'updated absent',
    });
    expect(responder.requests.map(formOf)).toEqual(BOTH);
  });

  test('--force asks at once', async () => {
    const { run, asked } = await play(tryLater);
    await run();
    expect((await run('--force')).reason).toBe('responder-try-later');
    expect(asked()).toEqual([...BOTH, ...BOTH]);
  });

  test('success ends it', async () => {
    let answer: Mode | undefined = 'tryLater';
    const { run, workspace } = await play(() => answer);
    await run();
    answer = undefined;
    expect((await run(...at(6 * MINUTE))).outcome).toBe('updated');
    expect(JSON.parse(workspace.sandbox.text(memoryOf(workspace)))).toEqual({
      schema: 1,
      responders: {},
      certificates: {},
    });
  });

  test('that a certificate is revoked is told in every run', async () => {
    const { run, asked } = await play(() => 'revoked');
    expect([(await run()).outcome, (await run()).outcome]).toEqual(['revoked', 'revoked']);
    expect(asked()).toHaveLength(2);
  });

  test.each<StapleName>(['critical', 'missing', 'expired', 'foreign', 'corrupt', 'empty'])(
    'a staple that is %s is asked for in every run',
    async (staple) => {
      const { run, asked } = await play(tryLater, staple);
      for (let index = 0; index < 3; index++) expect((await run()).reason).toBe('responder-try-later');
      expect(asked()).toEqual([...BOTH, ...BOTH, ...BOTH]);
    },
  );

  test('a staple that gets critical meanwhile is asked for', async () => {
    const { run, asked, workspace } = await play(tryLater);
    await run();
    workspace.configure({ critical_validity: '47h', http: { attempts: 1 } });
    // An hour is left until it is critical: of that an eighth may go by, and after a second failure once more.
    expect((await run(...at(3 * MINUTE))).reason).toMatch(/^(?:waiting|responder-try-later)$/);
    expect((await run(...at(11 * MINUTE))).reason).toBe('responder-try-later');
    expect((await run(...at(61 * MINUTE))).urgency).toBe('person');
    expect(asked().length).toBeGreaterThanOrEqual(3);
  });

  test.each<[string, (now: number) => object]>([
    ['was ahead', (now) => ({ since: now + DAY, until: now + DAY + HOUR })],
    ['was far ahead', (now) => ({ since: now + 5000 * DAY, until: now + 5001 * DAY })],
    ['says for ever', (now) => ({ since: now - 7 * HOUR, until: now + 5000 * DAY })],
  ])('a clock that %s does not make it wait', async (_, times) => {
    const { run, asked, workspace } = await play(tryLater);
    await run();
    asked();
    const memory = JSON.parse(workspace.sandbox.text(memoryOf(workspace))) as {
      certificates: Record<string, object>;
    };
    const wait = { why: 'timeout', count: 9, ...times(Date.now()) };
    for (const key of Object.keys(memory.certificates)) memory.certificates[key] = { wait };
    workspace.sandbox.write(memoryOf(workspace), JSON.stringify(memory));
    expect((await run()).reason).toBe('responder-try-later');
    expect(asked()).toEqual(BOTH);
  });

  test('a dry run heeds it, and notes nothing', async () => {
    const { run, workspace } = await play(tryLater);
    expect((await run('--dry-run')).reason).toBe('responder-try-later');
    expect(workspace.sandbox.exists('ocsp/.ocspbot')).toBe(false);
    await run();
    const before = workspace.sandbox.snapshot('ocsp/.ocspbot');
    expect((await run('--dry-run')).reason).toBe('waiting');
    expect((await run('--dry-run', '--force')).reason).toBe('responder-try-later');
    expect(workspace.sandbox.snapshot('ocsp/.ocspbot')).toEqual(before);
  });
});

describe('a responder that is out of order', () => {
  const NAMES = Array.from({ length: 30 }, (_, index) => `${index}.example`);

  /** Thirty certificates that are due, and two that have nothing, the last ones. */
  async function setUp(answer: Behaviour): Promise<{ workspace: Workspace; responder: Responder }> {
    const responder = await start(answer);
    const workspace = makeWorkspace(pki);
    const certificate = { ocspUrls: [responder.url] };
    for (const name of NAMES) workspace.add(name, { staple: 'due', certificate });
    for (const name of ['x.example', 'y.example']) workspace.add(name, { certificate });
    workspace.configure({ parallel_threads: 2, http: { attempts: 1, per_host: 2 } });
    return { workspace, responder };
  }
  const serialOf = ({ question }: Responder['requests'][number]) =>
    Buffer.from(question!.serial).toString('hex');

  test('is asked about a few of those that can wait, and again and again about those that cannot', async () => {
    const { workspace, responder } = await setUp(() => ({ kind: 'http', status: 503 }));
    const { certificates } = reportOf(await workspace.run('--json'));
    const reasons = certificates.map(({ reason }) => reason);
    expect(reasons.slice(0, 3)).toEqual(['http-status', 'http-status', 'http-status']);
    // Two certificates cannot wait: one is skipped, and the other is a probe.
    expect(reasons.slice(4)).toEqual([
      ...Array.from({ length: 26 }, () => 'waiting'),
      'not-asked',
      'http-status',
    ]);
    // A second one may have been under way when the third had failed.
    expect(new Set(responder.requests.map(serialOf)).size).toBeLessThanOrEqual(5);

    const count = responder.requests.length;
    const later = reportOf(await workspace.run('--json'));
    expect(new Set(later.certificates.slice(0, 30).map(({ reason }) => reason))).toEqual(
      new Set(['waiting']),
    );
    expect(responder.requests).toHaveLength(count + 2 * BOTH.length);
  });

  test('that recovers is asked about all of them', async () => {
    let isDown = true;
    const { workspace } = await setUp(() => (isDown ? 'internalError' : undefined));
    await workspace.run();
    isDown = false;
    const { certificates } = reportOf(await workspace.run('--json', ...at(10 * MINUTE)));
    expect(new Set(certificates.map(({ outcome }) => outcome))).toEqual(new Set(['updated']));
  });

  test('that asks to be left alone is left alone, by all that can wait, and not too long', async () => {
    const { workspace, responder } = await setUp(() => ({
      kind: 'http',
      status: 429,
      headers: { 'retry-after': '99999999' },
    }));
    await workspace.run();
    const count = responder.requests.length;
    const { certificates } = reportOf(await workspace.run('--json'));
    expect(certificates.filter(({ reason }) => reason === 'waiting')).toHaveLength(30);
    expect(responder.requests.length - count).toBe(2);
    const untils = certificates.flatMap(({ retry_at }) =>
      retry_at === undefined ? [] : [Date.parse(retry_at)],
    );
    expect(Math.max(...untils)).toBeGreaterThan(Date.now() + 2 * HOUR);
    // A day is left until they are critical, and an eighth of it may go by.
    expect(Math.max(...untils)).toBeLessThanOrEqual(Date.now() + 3 * HOUR);
  });

  test('is asked once, and no more, about every now and then one of those that cannot wait', async () => {
    const responder = await start(() => ({ kind: 'http', status: 503 }));
    const workspace = makeWorkspace(pki);
    for (let index = 0; index < 6; index++)
      workspace.add(`${index}.example`, { certificate: { ocspUrls: [responder.url] } });
    workspace.configure({ parallel_threads: 1, http: { attempts: 2 } });
    expect((await workspace.run()).status).toBe(32);
    // Three have it asked twice; by then it is known to be down, and the fifth is a probe.
    expect(responder.requests).toHaveLength(3 * 2 + 1);
  });

  test('gives way to the next one of the certificate', async () => {
    const [down, up] = [await start(() => ({ kind: 'http', status: 503 })), await start()];
    const workspace = makeWorkspace(pki);
    for (const name of NAMES)
      workspace.add(name, { staple: 'due', certificate: { ocspUrls: [down.url, up.url] } });
    workspace.configure({ http: { attempts: 1 } });
    const { certificates } = reportOf(await workspace.run('--json'));
    expect(new Set(certificates.map(({ outcome }) => outcome))).toEqual(new Set(['updated']));
    expect(up.requests).toHaveLength(30);
    expect(down.requests.length).toBeLessThan(12);
  });
});

describe('nothing newer', () => {
  /** Serves the response that is in place, with an entity tag, fresh for an hour. */
  const cached =
    (domain: () => Domain, workspace: () => Workspace): Behaviour =>
    ({ headers }) => {
      const known = { etag: '"abc"', 'cache-control': 'max-age=3600, public' };
      if (headers['if-none-match'] === '"abc"') return { kind: 'http', status: 304, headers: known };
      const mode = { kind: 'bytes', bytes: workspace().sandbox.read(domain().file) } as const;
      return { kind: 'with', mode, headers: known };
    };

  async function runCached(staple: StapleName): Promise<Fixture> {
    const fixture = await play(
      cached(
        () => fixture.domain,
        () => fixture.workspace,
      ),
      staple,
    );
    return fixture;
  }

  test('is not asked for as long as the answer is fresh, and then only whether it has changed', async () => {
    const { run, asked, responder, workspace } = await runCached('due');
    expect(await run()).toMatchObject({ outcome: 'unchanged', reason: 'same-response' });
    expect(asked()).toEqual(['GET sha1']);

    const waiting = await run();
    expect(waiting).toMatchObject({ outcome: 'unchanged', reason: 'waiting', urgency: 'none' });
    expect(waiting.message).toMatch(
      /^the responder had no newer response at \S+Z; asked again from \S+Z on \(in 59 minutes \d+ seconds\); the staple in place is good until/,
    );
    expect((await workspace.run('--strict')).status).toBe(0);
    expect(asked()).toEqual([]);

    expect((await run(...at(HOUR + MINUTE))).reason).toBe('same-response');
    expect(asked()).toEqual(['GET sha1']);
    expect(responder.requests.at(-1)?.headers['if-none-match']).toBe('"abc"');
    expect((await run(...at(HOUR + 2 * MINUTE))).reason).toBe('waiting');
  });

  test('is asked for past all caches, without a condition, once it is critical', async () => {
    const { run, asked, responder } = await runCached('due');
    await run();
    asked();
    // Two of four days are left: critical is a third of half of the lifetime.
    const { outcome, reason, urgency } = await run(...at(30 * HOUR));
    expect([outcome, reason, urgency]).toEqual(['deferred', 'no-newer-response', 'person']);
    expect(asked()).toEqual(['GET sha1', 'GET sha1 no-cache', 'POST sha1']);
    for (const { headers } of responder.requests.slice(-3))
      expect(headers).not.toHaveProperty('if-none-match');
  });

  test('says nothing of a staple that somebody else has put in its place', async () => {
    const { run, asked, workspace, domain } = await runCached('due');
    await run();
    asked();
    workspace.sandbox.write(domain.file, pki.response(domain.certificate, -5 * DAY, 3 * DAY));
    expect((await run()).reason).toBe('same-response');
    expect(asked()).toEqual(['GET sha1']);
  });

  test('without a word about caching, every run asks', async () => {
    const fixture = await play(() => ({
      kind: 'bytes',
      bytes: fixture.workspace.sandbox.read(fixture.domain.file),
    }));
    for (let index = 0; index < 3; index++) expect((await fixture.run()).reason).toBe('same-response');
    expect(fixture.asked()).toHaveLength(3);
  });

  test('a 304 that nobody has asked for is not an answer', async () => {
    const { run } = await play(() => ({ kind: 'http', status: 304 }));
    expect(await run()).toMatchObject({ outcome: 'deferred', reason: 'http-status' });
  });

  test('a responder that has a newer one gives it in spite of the condition', async () => {
    const { run, workspace, domain } = await play(({ headers }) => {
      if (headers['if-none-match'] !== undefined) return undefined;
      const bytes = workspace.sandbox.read(domain.file);
      return { kind: 'with', mode: { kind: 'bytes', bytes }, headers: { etag: '"1"' } };
    });
    expect((await run()).outcome).toBe('unchanged');
    expect((await run()).outcome).toBe('updated');
  });
});

describe('the memory', () => {
  const HOSTILE: Readonly<Record<string, string>> = {
    nothing: '',
    text: 'not JSON at all',
    'cut off': '{"schema":1,"responders":{"http',
    'another schema': '{"schema":99,"responders":{},"certificates":{}}',
    'other shapes': '{"schema":1,"responders":[[]],"certificates":"x"}',
    deep: '['.repeat(100_000),
    huge: JSON.stringify({ schema: 1, responders: {}, certificates: { a: 'x'.repeat(9_000_000) } }),
  };

  test.each(Object.keys(HOSTILE))('that is %s is forgotten, and made anew', async (name) => {
    const { run, workspace, asked } = await play(tryLater);
    workspace.sandbox.write(memoryOf(workspace), HOSTILE[name] ?? '');
    expect((await run()).reason).toBe('responder-try-later');
    expect(asked()).toEqual(BOTH);
    expect(Object.keys(JSON.parse(workspace.sandbox.text(memoryOf(workspace))).certificates)).toHaveLength(1);
  });

  test('whose place something else has taken does no harm, and is told', async () => {
    const { workspace, asked } = await play(tryLater);
    workspace.sandbox.write(`${memoryOf(workspace)}/in-the-way`, '');
    const { status, stderr } = await workspace.run();
    expect(status).toBe(0);
    expect(asked()).toEqual(BOTH);
    expect(stderr).toMatch(
      /^warning: cannot write \S+responders\.json: .*\n {2}hint: .*; the next run asks responders as if there had been no earlier one$/m,
    );
  });

  test('that lies about everything changes nothing but the order, and waits that are allowed', async () => {
    const { run, workspace, asked, responder } = await play(() => undefined, 'missing');
    const wait = { since: 0, until: Number.MAX_SAFE_INTEGER, why: 'x', count: 1000 };
    const form = { method: 'post', hash: 'sha256', since: Date.now() };
    workspace.sandbox.write(
      memoryOf(workspace),
      JSON.stringify({ schema: 1, responders: { [responder.url]: { form, wait } } }),
    );
    expect((await run()).outcome).toBe('updated');
    expect(asked()).toEqual(['POST sha256']);
  });

  test('is neither read nor written by a run with nothing to fetch', async (context) => {
    const strace = requireProgram('strace', 'strace', context);
    const { workspace } = await play(tryLater, 'fresh');
    // The responder says nothing while this process waits.
    workspace.configure({ http: { attempts: 1, timeout: '1s' } });
    workspace.sandbox.write(memoryOf(workspace), '{"schema":1,"responders":{},"certificates":{}}');
    const trace = (...args: string[]) => {
      const calls = ['-e', 'trace=openat,rename,stat,lstat,statx', '-o', workspace.sandbox.path('trace')];
      const options = { cwd: workspace.sandbox.folder };
      spawnSync(strace, ['-f', ...calls, process.execPath, PROGRAM, 'ocspbot.yaml', ...args], options);
      return workspace.sandbox.text('trace');
    };
    const idle = trace();
    expect(idle).toContain('a.example.ocsp');
    expect(idle).not.toContain('responders.json');
    const busy = trace('--force');
    expect(busy).toMatch(/openat\(.*\/responders\.json"/);
    expect(busy).toMatch(/rename\(.*\/responders\.json"/);
  });

  test('is not there where there is nothing to remember', async () => {
    const { run, workspace } = await play(() => undefined);
    await run();
    await run();
    expect(workspace.sandbox.exists(memoryOf(workspace))).toBe(false);
  });
});

test('outcomes of several certificates stay in the order of the configuration', async () => {
  const workspace = makeWorkspace(pki);
  const names = ['c.example', 'a.example', 'd.example', 'b.example'];
  for (const [index, name] of names.entries())
    workspace.add(name, { staple: index % 2 === 0 ? 'due' : 'fresh' });
  workspace.configure();
  const { stdout } = await workspace.run();
  expect(
    stdout
      .split('\n')
      .slice(0, 4)
      .map((line) => line.split(' ')[0]),
  ).toEqual(names);
  expect(Object.keys(outcomesOf(reportOf(await workspace.run('--json'))))).toEqual(names);
});
