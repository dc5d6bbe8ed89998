import { afterAll, beforeAll, expect, test } from 'vitest';
import { runOcspbot } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import type { CertificateOptions } from '../support/ca.js';
import { outcomesOf, reportOf } from './support/report.js';
import { openTestPki } from './support/test-pki.js';
import { DAY, HOUR, MINUTE, SECOND } from './support/times.js';

/** Fourteen hours ahead; and behind, in the very hour that summer time begins with. */
const ZONES = ['Pacific/Kiritimati', 'America/Los_Angeles'];
const AT = Date.UTC(2026, 2, 8, 10, 0, 0);
/** A time without an offset: it means UTC, not local time. */
const CLOCK = '2026-03-08T10:00:00';

const pki = openTestPki();

interface Case {
  /** thisUpdate and nextUpdate of the staple, relative to AT. */
  readonly staple?: readonly [from: number, until: number];
  /** thisUpdate and nextUpdate of the response, relative to AT. */
  readonly answer?: readonly [from: number, until: number];
  readonly certificate?: Partial<CertificateOptions>;
  readonly outcome: string;
}

/** Each decision a second before and after the instant on which it hangs, with `minimum_validity: 2d`. */
const CASES: Readonly<Record<string, Case>> = {
  'not-due': { staple: [-5 * DAY, 2 * DAY + SECOND], outcome: 'unchanged fresh' },
  deferred: { staple: [-5 * DAY, 16 * HOUR + SECOND], outcome: 'deferred responder-try-later' },
  critical: { staple: [-5 * DAY, 16 * HOUR], outcome: 'deferred responder-try-later' },
  // A success between: of a responder that fails three in a row the others are not asked about.
  due: { staple: [-5 * DAY, 2 * DAY], answer: [-HOUR, 7 * DAY], outcome: 'updated due' },
  'not-expired': { staple: [-5 * DAY, SECOND], outcome: 'deferred responder-try-later' },
  expired: { staple: [-5 * DAY, 0], outcome: 'failed responder-try-later' },
  'answer-not-expired': { answer: [-5 * DAY, SECOND], outcome: 'updated absent' },
  'answer-expired': { answer: [-5 * DAY, 0], outcome: 'failed response-expired' },
  'answer-within-skew': { answer: [5 * MINUTE, 7 * DAY], outcome: 'updated absent' },
  'answer-ahead': { answer: [5 * MINUTE + SECOND, 7 * DAY], outcome: 'failed this-update-in-future' },
  'answer-old': { answer: [-14 * DAY, DAY], outcome: 'updated absent' },
  'answer-too-old': { answer: [-14 * DAY - SECOND, DAY], outcome: 'failed response-too-old' },
  // To the last second of notAfter (RFC 5280 §4.1.2.5).
  'valid-still': { certificate: { notAfter: AT }, answer: [-HOUR, 7 * DAY], outcome: 'updated absent' },
  'valid-no-more': { certificate: { notAfter: AT - SECOND }, outcome: 'failed certificate-expired' },
  'valid-by-now': { certificate: { notBefore: AT }, answer: [-HOUR, 7 * DAY], outcome: 'updated absent' },
  'not-yet-valid': { certificate: { notBefore: AT + SECOND }, outcome: 'failed clock-wrong' },
};

let sandbox: Sandbox;
const staples = new Map<string, Uint8Array>();

beforeAll(() => {
  sandbox = makeSandbox();
  const domains = Object.entries(CASES).map(([name, { staple, answer, certificate: options }]) => {
    const certificate = pki.issue(options);
    const response = ([from, until]: readonly [number, number]): Uint8Array =>
      pki.response(certificate, 0, 0, { thisUpdate: AT + from, nextUpdate: AT + until });
    if (staple !== undefined) staples.set(name, response(staple));
    pki.responder.set(
      answer === undefined ? 'tryLater' : { kind: 'bytes', bytes: response(answer) },
      certificate,
    );
    return [name, sandbox.writeCertificate(name, certificate)] as const;
  });
  const keys = { ocsp_folder: 'ocsp', state_folder: 'state', minimum_validity: '2d', make_backups: true };
  // Each run is to ask in the same order, and none is to spare a responder.
  const order = { parallel_threads: 1, http: { attempts: 1 } };
  sandbox.writeConfiguration({ ...keys, ...order, domains: Object.fromEntries(domains) });
});
afterAll(() => sandbox.dispose());

interface Told {
  readonly json: string;
  readonly text: string;
  readonly problems: string;
  /** Content of all staples and backups. */
  readonly files: Readonly<Record<string, string | undefined>>;
}

async function runIn(timeZone: string): Promise<Told> {
  for (const folder of ['ocsp', 'state']) if (sandbox.exists(folder)) sandbox.remove(folder);
  sandbox.write('ocsp/.keep', '');
  for (const [name, bytes] of staples) sandbox.write(`ocsp/${name}.ocsp`, bytes);
  const options = { cwd: sandbox.folder, timeZone };
  const text = await runOcspbot(['--now', CLOCK, '--dry-run', '--verbose'], options);
  const json = await runOcspbot(['--now', CLOCK, '--json'], options);
  expect([text.status, json.status]).toEqual([32, 34]);
  const all = { ...sandbox.snapshot('ocsp'), ...sandbox.snapshot('state/backups') };
  const files = Object.entries(all).map(([name, { content }]) => [name, content] as const);
  return {
    json: json.stdout.replaceAll(/_ms": [\d.]+/g, '_ms": 0'),
    text: withoutTimes(text.stdout),
    problems: withoutTimes(text.stderr),
    files: Object.fromEntries(files),
  };
}

/** Removes the duration of each exchange and of its connection, which differs in each run. */
function withoutTimes(text: string): string {
  return text.replaceAll(/^( {2}asked: .* )\(.*\)$/gm, '$1');
}

test('no time zone changes any decision', async () => {
  const utc = await runIn('UTC');
  const report = reportOf({ stdout: utc.json, stderr: '', status: 0, signal: undefined });
  expect(report.time).toBe(`${CLOCK}Z`);
  const expected = Object.entries(CASES).map(([name, { outcome }]) => [name, outcome]);
  expect(outcomesOf(report)).toEqual(Object.fromEntries(expected));
  const urgencies = report.certificates.map(({ name, urgency }) => [name, urgency]);
  expect(Object.fromEntries(urgencies)).toMatchObject({
    deferred: 'warning',
    critical: 'person',
    due: 'none',
  });
  expect(report.certificates.find(({ name }) => name === 'not-due')?.staple).toMatchObject({
    this_update: '2026-03-03T10:00:00Z',
    next_update: '2026-03-10T10:00:01Z',
    useful_until: '2026-03-10T10:00:01Z',
    refresh_at: '2026-03-08T10:00:01Z',
  });
  expect(Object.keys(utc.files)).toContainEqual(
    expect.stringMatching(/^due\.ocsp\.[0-9a-f]{12}-20260308-100000$/),
  );
  for (const zone of ZONES) expect(await runIn(zone), zone).toEqual(utc);
});

test.each(ZONES)('verify, in %s', async (timeZone) => {
  const name = 'not-due';
  const files = ['--cert', `${name}/cert.pem`, '--issuer', `${name}/chain.pem`];
  sandbox.write('response.der', staples.get(name) ?? '');
  const verify = (now: string, zone: string): ReturnType<typeof runOcspbot> =>
    runOcspbot(['verify', 'response.der', ...files, '--now', now], { cwd: sandbox.folder, timeZone: zone });
  const last = await verify('2026-03-10T10:00:00', timeZone);
  expect(last.status).toBe(0);
  expect(last.stdout).toBe((await verify('2026-03-10T02:00:00-08:00', 'UTC')).stdout);
  const end = await verify('2026-03-10T10:00:01', timeZone);
  expect(end.status).toBe(32);
  expect(end.stdout).toContain('nextUpdate 2026-03-10T10:00:01Z has passed');
});
