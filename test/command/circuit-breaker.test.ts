import { describe, expect, test } from 'vitest';
import { makeKey } from '../support/ca.js';
import type { Responder } from '../support/responder.js';
import { furtherResponders, type Behaviour } from './support/further-responders.js';
import { reportOf, type CertificateReport, type Report } from './support/report.js';
import { makeWorkspace, type Workspace } from './support/workspace.js';
import { openTestPki } from './support/test-pki.js';

const pki = openTestPki();
const start = furtherResponders(pki);

interface Fixture {
  readonly workspace: Workspace;
  readonly responder: Responder;
}

interface Circumstances {
  readonly count?: number;
  readonly keys?: Readonly<Record<string, unknown>>;
  readonly urlOf?: (url: string, index: number) => string;
}

/** Certificates without a staple, which cannot wait. */
async function setUp(
  answer: Behaviour,
  { count = 100, keys = {}, urlOf = (url) => url }: Circumstances = {},
): Promise<Fixture> {
  const responder = await start(answer);
  const workspace = makeWorkspace(pki);
  const key = makeKey('p-256', 'server');
  for (let index = 0; index < count; index++)
    workspace.add(`${index}.example`, { certificate: { key, ocspUrls: [urlOf(responder.url, index)] } });
  workspace.configure({ ...keys, http: { timeout: '1s', attempts: 1, ...(keys['http'] as object) } });
  return { workspace, responder };
}

const reasonsIn = ({ certificates }: Report) => certificates.map(({ reason }) => reason);
const notAsked = ({ certificates }: Report) => certificates.filter(({ reason }) => reason === 'not-asked');

/** Counts the certificates that a responder was asked about. */
function askedAbout({ requests }: Responder): number {
  return new Set(requests.map(({ question }) => Buffer.from(question?.serial ?? []).toString('hex'))).size;
}

describe('after three certificates in a row that a responder fails, the others are not asked about, urgent ones too', () => {
  test.each<[string, Behaviour, string]>([
    ['which never answers', () => 'stall', 'timeout'],
    ['which hangs up', () => 'hang-up', 'connection-failed'],
    ['which answers 503', () => ({ kind: 'http', status: 503 }), 'http-status'],
    ['which is too busy', () => 'tryLater', 'responder-try-later'],
  ])('%s', async (_, answer, code) => {
    const { workspace, responder } = await setUp(answer);
    const run = await workspace.run('--json');
    const report = reportOf(run);
    // Three failures, the requests in flight, and probes with growing intervals.
    expect(askedAbout(responder)).toBeLessThanOrEqual(3 + 3 + 8);
    expect(askedAbout(responder)).toBeGreaterThanOrEqual(3 + 5);
    expect(notAsked(report)).toHaveLength(100 - askedAbout(responder));
    expect(run.status).toBe(32);
    const { outcome, urgency, message, hint, attempts, exchanges } = notAsked(report)[0] as CertificateReport;
    expect([outcome, urgency, attempts, exchanges]).toEqual(['failed', 'person', [], []]);
    expect(message).toMatch(
      new RegExp(`^not asked: ${responder.url} failed for \\d+ other certificates in a row \\(${code}\\)`),
    );
    expect(hint).toBe('see the errors of those; the next run asks again');
  });

  test('where nobody listens, though each certificate has a URL of its own there', async () => {
    const { workspace } = await setUp(() => undefined, {
      urlOf: (_, index) => `http://127.0.0.1:1/${index}`,
      keys: { http: { attempts: 2 } },
    });
    expect(notAsked(reportOf(await workspace.run('--json'))).length).toBeGreaterThanOrEqual(100 - 14);
  });

  test('what is not urgent is not asked about either', async () => {
    const { workspace } = await setUp(() => undefined, { count: 0 });
    for (let index = 0; index < 30; index++) {
      const certificate = { ocspUrls: [`http://127.0.0.1:1/${index}`] };
      workspace.add(`${index}.example`, { staple: 'due', certificate });
    }
    workspace.configure({ http: { attempts: 1 } });
    const run = await workspace.run('--json');
    expect(run.status).toBe(0);
    const report = reportOf(run);
    expect(notAsked(report).length).toBeGreaterThanOrEqual(30 - 8);
    expect(new Set(report.certificates.map(({ outcome }) => outcome))).toEqual(new Set(['deferred']));
    expect(notAsked(report)[0]?.urgency).toBe('warning');
  });

  test('the summary tells how many', async () => {
    const { workspace } = await setUp(() => 'hang-up', { keys: { http: { timeout: '30s' } } });
    const { stdout } = await workspace.run();
    expect(stdout).toMatch(
      /^100 certificates: 1\d failed \(connection-failed at 127\.0\.0\.1:\d+\), (?:8|9)\d not asked about; nothing to reload; status 32/m,
    );
  });
});

test('a responder that recovers is asked about the rest', async () => {
  let isDown = true;
  const { workspace, responder } = await setUp(
    () => {
      if (askedAbout(responder) > 5) isDown = false;
      return isDown ? 'hang-up' : undefined;
    },
    { count: 60 },
  );
  const report = reportOf(await workspace.run('--json'));
  const reasons = reasonsIn(report);
  expect(reasons.slice(-40)).toEqual(Array.from({ length: 40 }, () => 'absent'));
  expect(notAsked(report).length).toBeLessThan(10);
});

test('a responder that fails every second certificate is asked about all', async () => {
  const serials: string[] = [];
  const { workspace } = await setUp(
    ({ question }) => {
      const serial = Buffer.from(question!.serial).toString('hex');
      if (!serials.includes(serial)) serials.push(serial);
      return serials.indexOf(serial) % 2 === 0 ? 'hang-up' : undefined;
    },
    { count: 30, keys: { parallel_threads: 1 } },
  );
  expect(notAsked(reportOf(await workspace.run('--json')))).toEqual([]);
});

test('another responder of the same certificates is asked, and only that one', async () => {
  const [down, up] = [await start(() => 'hang-up'), await start()];
  const workspace = makeWorkspace(pki);
  for (let index = 0; index < 30; index++)
    workspace.add(`${index}.example`, { certificate: { ocspUrls: [down.url, up.url] } });
  workspace.configure({ http: { attempts: 1 } });
  const { certificates } = reportOf(await workspace.run('--json'));
  expect(new Set(certificates.map(({ outcome }) => outcome))).toEqual(new Set(['updated']));
  expect(askedAbout(down)).toBeLessThanOrEqual(8);
});

test('what another responder has brought is told, with its bit', async () => {
  const { workspace } = await setUp(() => 'stall');
  workspace.add('good.example', { entry: { services: ['web'] } });
  workspace.configure({ services: { mail: {}, web: {} }, http: { timeout: '1s', attempts: 1 } });
  const report = reportOf(await workspace.run('--json'));
  expect(report.reload).toEqual(['web']);
  expect(report.certificates.at(-1)).toMatchObject({ name: 'good.example', outcome: 'updated' });
  expect(report.status & 32).toBe(32);
});

test('while a probe is under way, nobody else is given up', async () => {
  const gates: (() => void)[] = [];
  let mayAnswer = false;
  const { workspace, responder } = await setUp(
    () => {
      if (!mayAnswer && askedAbout(responder) <= 4) return 'hang-up';
      mayAnswer = true;
      return { kind: 'with', after: new Promise<void>((resolve) => gates.push(resolve)) };
    },
    { count: 40, keys: { http: { timeout: '30s' } } },
  );
  const timer = setInterval(() => gates.splice(0).forEach((open) => open()), 300);
  const report = reportOf(await workspace.run('--json'));
  clearInterval(timer);
  expect(notAsked(report).length).toBeLessThanOrEqual(2);
});
