import { mkdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Fetched } from '../../src/client/types.js';
import { lookAt, refreshAll, refreshCertificate } from '../../src/run/refresh.js';
import type { Listener } from '../../src/run/types.js';
import { OcspbotError } from '../../src/util/errors.js';
import { NOW } from '../installation/support/tools.js';
import { makeAuthority, makeResponse, type TestCertificate } from '../support/ca.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { fakeSource, makeOrder, openSingleRun, type OrderOptions, type Reply } from './support/order.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const authority = makeAuthority({ ocspUrls: ['http://ocsp.example/'] });

/** A response whose times are against NOW. */
function response(certificate: TestCertificate, from: number, until: number, other: object = {}): Uint8Array {
  const issuer = authority.intermediate;
  const times = { thisUpdate: NOW + from, nextUpdate: NOW + until };
  return makeResponse({ issuer, certificate, ...times, ...other });
}

const fresh = (certificate: TestCertificate) => response(certificate, -HOUR, 7 * DAY);
const due = (certificate: TestCertificate) => response(certificate, -4 * DAY, 2 * DAY);

interface Fixture {
  readonly sandbox: Sandbox;
  readonly certificates: readonly TestCertificate[];
}

type Make = (certificate: TestCertificate) => Uint8Array;

/** A folder with a certificate for each name, with its staple in `ocsp`, and a configuration of the service `web`. */
function fixture(
  staples: Readonly<Record<string, Make | undefined>>,
  keys: object = {},
  entryKeys: object = {},
): Fixture {
  const sandbox = makeSandbox();
  sandbox.write('ocsp/.keep', '');
  const certificates = Object.entries(staples).map(([name, make]) => {
    const certificate = authority.issue();
    if (make !== undefined) sandbox.write(`ocsp/${name}.ocsp`, make(certificate));
    return { name, certificate, entry: sandbox.writeCertificate(name, certificate) };
  });
  const domains = Object.fromEntries(
    certificates.map(({ name, entry }) => [name, { ...entry, services: 'web', ...entryKeys }]),
  );
  sandbox.writeConfiguration({ ocsp_folder: 'ocsp', services: { web: {} }, ...keys, domains });
  return { sandbox, certificates: certificates.map(({ certificate }) => certificate) };
}

/** Refreshes one certificate with a staple in place and a reply of the source. */
async function refreshOne(
  staple: Make | undefined,
  reply: ((certificate: TestCertificate, inPlace: Uint8Array) => Reply) | undefined,
  options: OrderOptions & { readonly keys?: object; readonly entryKeys?: object } = {},
) {
  const { keys, entryKeys, ...others } = options;
  const { sandbox, certificates } = fixture({ a: staple }, keys, entryKeys);
  const [certificate] = certificates as [TestCertificate];
  const inPlace = staple === undefined ? new Uint8Array() : sandbox.read('ocsp/a.ocsp');
  const made = reply?.(certificate, inPlace);
  const source = fakeSource(made === undefined ? {} : { a: made });
  const { run, prepared, pending } = openSingleRun(makeOrder(sandbox, source, others));
  const before = sandbox.snapshot('ocsp');
  const look = lookAt(prepared, run);
  const outcome = look.kind === 'settled' ? look.outcome : await refreshCertificate(look, run);
  const file = sandbox.exists('ocsp/a.ocsp') ? sandbox.read('ocsp/a.ocsp') : undefined;
  return { outcome, file, sent: made, before, sandbox, asked: source.asked, pending: [...pending] };
}

describe('a response that is good', () => {
  test.each([
    ['absent', undefined, 'absent'],
    ['due', due, 'due'],
    ['garbage', () => Buffer.of(0x30), 'unusable'],
    ['for another certificate', () => fresh(authority.issue()), 'foreign'],
  ] as const)(
    'replaces a staple that is %s, and its service is pending a reload',
    async (_, staple, reason) => {
      const { outcome, file, sent, pending } = await refreshOne(staple, fresh);
      expect(outcome).toMatchObject({
        kind: 'updated',
        reason,
        basis: { verdict: 'good', origin: { kind: 'responder', url: 'http://ocsp.example/' } },
      });
      expect(file).toEqual(new Uint8Array(sent as Uint8Array));
      expect(pending).toEqual(['web']);
    },
  );

  test('is not fetched while the staple is fresh', async () => {
    const { outcome, asked, before, sandbox, pending } = await refreshOne(fresh, undefined);
    expect(outcome).toMatchObject({ kind: 'unchanged', reason: 'fresh' });
    expect(asked).toEqual([]);
    expect(pending).toEqual([]);
    expect(sandbox.snapshot('ocsp')).toEqual(before);
  });

  test('is fetched for a fresh staple by force', async () => {
    const { outcome, pending } = await refreshOne(fresh, (certificate) => response(certificate, 0, 8 * DAY), {
      force: true,
    });
    expect(outcome).toMatchObject({ kind: 'updated', reason: 'forced' });
    expect(pending).toEqual(['web']);
  });

  test('is verified, but not written, in a dry run', async () => {
    const { outcome, before, sandbox, pending } = await refreshOne(due, fresh, { dryRun: true });
    expect(outcome).toMatchObject({ kind: 'unchanged', reason: 'dry-run' });
    expect(sandbox.snapshot('ocsp')).toEqual(before);
    expect(pending).toEqual([]);
  });

  test('that is in place in a form which its server does not read is not written anew in a dry run', async () => {
    const options = { dryRun: true, entryKeys: { format: 'pem-chain' } };
    const { outcome, before, sandbox, pending } = await refreshOne(fresh, undefined, options);
    expect(outcome).toMatchObject({ kind: 'unchanged', reason: 'dry-run' });
    expect(sandbox.snapshot('ocsp')).toEqual(before);
    expect(pending).toEqual([]);
  });
});

describe('a staple that is due stays, byte by byte, where', () => {
  const refused = (code: 'timeout' | 'not-asked'): Fetched => ({
    kind: 'refused',
    error: new OcspbotError(code, 'no answer', { hint: 'look at it' }),
    origin: undefined,
    attempts: ['http://ocsp.example/: timeout'],
  });
  test.each<[string, (certificate: TestCertificate, inPlace: Uint8Array) => Reply, object]>([
    [
      'the response is for another certificate',
      () => fresh(authority.issue()),
      { kind: 'deferred', reason: 'certid-mismatch', isCritical: false },
    ],
    [
      'the response was signed by somebody else',
      (certificate) => response(certificate, -HOUR, 7 * DAY, { issuer: makeAuthority().intermediate }),
      { kind: 'deferred', isCritical: false },
    ],
    [
      'the response is older',
      (certificate) => response(certificate, -5 * DAY, 3 * DAY),
      { kind: 'deferred', reason: 'older-than-installed' },
    ],
    [
      'the response has expired',
      (certificate) => response(certificate, -3 * DAY, -HOUR),
      { kind: 'deferred', reason: 'response-expired' },
    ],
    [
      'the response is good for no certificate',
      (certificate) => response(certificate, -HOUR, 7 * DAY, { status: 'unknown' }),
      { kind: 'deferred', reason: 'certificate-unknown' },
    ],
    [
      'the certificate is revoked',
      (certificate) => response(certificate, -HOUR, 7 * DAY, { status: { revoked: NOW - DAY, reason: 1 } }),
      { kind: 'revoked', reason: 'certificate-revoked' },
    ],
    ['the response is the same', (_, inPlace) => inPlace, { kind: 'unchanged', reason: 'same-response' }],
    [
      'nobody answers',
      () => refused('timeout') as Reply,
      { kind: 'deferred', reason: 'timeout', hint: 'look at it', isCritical: false },
    ],
    [
      'an earlier run has been told to wait',
      () => ({
        kind: 'waiting',
        wait: { why: 'timeout', since: NOW - HOUR, until: NOW + HOUR } as never,
        until: NOW + HOUR,
      }),
      { kind: 'deferred', reason: 'waiting', basis: { kind: 'earlier-attempt', retryAt: NOW + HOUR } },
    ],
    [
      'the source throws',
      () => new Error('a fault'),
      { kind: 'deferred', reason: 'internal', isCritical: true },
    ],
  ])('%s', async (_, reply, expected) => {
    const { outcome, before, sandbox, pending } = await refreshOne(due, reply);
    expect(outcome).toMatchObject(expected);
    expect(sandbox.snapshot('ocsp')).toEqual(before);
    expect(pending).toEqual([]);
  });
});

/** A system whose disk is full. */
function fullSystem(): NonNullable<OrderOptions['system']> {
  const { files } = makeOrder(fixture({ a: due }).sandbox, fakeSource({})).system;
  const full = Object.assign(new Error('ENOSPC: no space left on device'), {
    code: 'ENOSPC',
    syscall: 'rename',
  });
  return { files: { ...files, rename: () => Promise.reject(full) } };
}

describe('a failure', () => {
  test('is deferred and critical where little time is left', async () => {
    const late = (certificate: TestCertificate) => response(certificate, -6 * DAY, 12 * HOUR);
    const { outcome } = await refreshOne(late, () => fresh(authority.issue()));
    expect(outcome).toMatchObject({ kind: 'deferred', isCritical: true });
  });

  test('without a usable staple is failed', async () => {
    const { outcome, file, pending } = await refreshOne(undefined, () => fresh(authority.issue()));
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'certid-mismatch', staple: undefined });
    expect(file).toBeUndefined();
    expect(pending).toEqual([]);
  });

  test('to write anew a file that its server does not read is no matter of a good staple', async () => {
    const entryKeys = { format: 'pem-chain' };
    const failed = await refreshOne(fresh, undefined, { system: fullSystem(), entryKeys });
    expect(failed.outcome).toMatchObject({ kind: 'failed', reason: 'no-space' });
    const written = await refreshOne(fresh, undefined, { entryKeys });
    expect(written.outcome).toMatchObject({
      kind: 'updated',
      message: expect.stringContaining('the old one was in the other format'),
    });
    expect(Buffer.from(written.file!).toString()).toMatch(/^-----BEGIN OCSP RESPONSE-----/);
    expect([failed.pending, written.pending]).toEqual([[], ['web']]);
  });

  test('to write leaves the old staple, and no reload pending', async () => {
    const system = fullSystem();
    const { outcome, before, sandbox, pending } = await refreshOne(due, fresh, { system });
    expect(outcome).toMatchObject({
      kind: 'deferred',
      reason: 'no-space',
      isCritical: true,
      basis: { kind: 'answer', verdict: 'good' },
    });
    expect(sandbox.snapshot('ocsp')).toEqual(before);
    expect(pending).toEqual([]);
  });

  test('to read the certificate asks nobody', async () => {
    const { sandbox } = fixture({ a: due });
    sandbox.write('a/cert.pem', 'no certificate');
    const source = fakeSource({});
    const { run, prepared } = openSingleRun(makeOrder(sandbox, source));
    expect(lookAt(prepared, run)).toMatchObject({
      kind: 'settled',
      outcome: { kind: 'failed', reason: 'not-a-certificate' },
    });
    expect(source.asked).toEqual([]);
  });

  test('a private key in place of the staple is not replaced', async () => {
    const key = () => Buffer.from('-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----\n');
    const { outcome, asked, before, sandbox } = await refreshOne(key, undefined);
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'target-unsuitable' });
    expect(asked).toEqual([]);
    expect(sandbox.snapshot('ocsp')).toEqual(before);
  });
});

describe('a rollback', () => {
  const ROLLED_BACK = { kind: 'updated', reason: 'rolled-back' };
  test.each<[string, number, OrderOptions, object, boolean]>([
    ['is noted, so that no run undoes it', 5 * DAY, {}, ROLLED_BACK, true],
    ['to an expired one, by force, is not noted', -HOUR, { force: true }, ROLLED_BACK, false],
    [
      'that fails is not noted, and not tried again',
      5 * DAY,
      { system: fullSystem() },
      { kind: 'failed', reason: 'no-space' },
      false,
    ],
  ])('%s', async (_, until, options, expected, isNoted) => {
    const { sandbox, certificates } = fixture({ a: fresh });
    const older = response(certificates[0]!, -2 * DAY, until);
    const source = { ...fakeSource({ a: older }), kind: 'backups' as const };
    const order = makeOrder(sandbox, source, options);
    mkdirSync(order.configuration.ownState.folder, { recursive: true });
    const { run, prepared } = openSingleRun(order);
    const look = lookAt(prepared, run);
    if (look.kind === 'settled') throw new Error(look.outcome.message);
    expect(await refreshCertificate(look, run)).toMatchObject(expected);
    expect(run.rollbacks.has({ der: older })).toBe(isNoted);
  });

  const nobody: Fetched = {
    kind: 'refused',
    error: new OcspbotError('timeout', 'no answer'),
    origin: undefined,
    attempts: [],
  };
  test.each<[string, OrderOptions, (inPlace: Uint8Array) => Reply, boolean]>([
    ['is over when a forced run finds nothing newer', {}, (inPlace) => inPlace, false],
    ['lasts when a forced run finds nobody', {}, () => nobody as Reply, true],
    ['lasts in a dry run', { dryRun: true }, (inPlace) => inPlace, true],
  ])('%s', async (_, options, reply, lasts) => {
    const { sandbox } = fixture({ a: fresh });
    const der = sandbox.read('ocsp/a.ocsp');
    const order = makeOrder(sandbox, fakeSource({ a: reply(der) }), { force: true, ...options });
    mkdirSync(order.configuration.ownState.folder, { recursive: true });
    const { run, prepared } = openSingleRun(order);
    await run.rollbacks.note({ der });
    const look = lookAt(prepared, run);
    if (look.kind === 'settled') throw new Error(look.outcome.message);
    await refreshCertificate(look, run);
    expect(run.rollbacks.has({ der })).toBe(lasts);
  });
});

/** Notes what a run tells, in the order in which it is told. */
function recordingListener(wasTaken = true): Listener & { readonly told: string[] } {
  const told: string[] = [];
  return {
    told,
    begin: (names) => void told.push(`begin ${names.join(' ')}`),
    done: ({ name, kind }) => void told.push(`${name} ${kind}`),
    reloaded: ({ service, kind }) => void told.push(`${service} ${kind}`),
    deliver: ({ status }) => {
      told.push(`status ${status}`);
      return Promise.resolve(wasTaken);
    },
    warn: (text) => void told.push(`warning: ${text}`),
  };
}

describe('a run', () => {
  const staples = { a: due, b: due, c: fresh };

  async function runAll(listener: Listener, options: OrderOptions = {}, keys: object = {}) {
    const { sandbox, certificates } = fixture(staples, keys);
    const [a, b] = certificates as [TestCertificate, TestCertificate];
    // A certificate fails, and the others are not affected.
    const source = fakeSource({ a: new Error('a fault'), b: fresh(b) });
    const report = await refreshAll(makeOrder(sandbox, source, options), listener);
    return { report, sandbox, source, a, b };
  }

  test('tells each certificate in order, and then the whole', async () => {
    const listener = recordingListener();
    const { report, source } = await runAll(listener);
    expect(listener.told).toEqual(['begin a b c', 'a deferred', 'b updated', 'c unchanged', 'status 34']);
    expect(report).toMatchObject({ status: 34, reload: ['web'], pendingBefore: [] });
    expect(source.isClosed).toBe(true);
  });

  test.each([
    ['taken', true, []],
    ['not taken', false, ['web']],
  ])('whose report was %s leaves these reloads to the next run', async (_, wasTaken, left) => {
    const { sandbox } = await runAll(recordingListener(wasTaken));
    const next = await refreshAll(makeOrder(sandbox, fakeSource({ a: new Error() })), recordingListener());
    expect(next.pendingBefore).toEqual(left);
  });

  test('reloads a service once, and nothing is left of that', async () => {
    const commands: (readonly string[])[] = [];
    const run = (argv: readonly string[]) => {
      commands.push(argv);
      return Promise.resolve({ kind: 'succeeded' as const });
    };
    const keys = { services: { web: { reload: ['systemctl', 'reload', 'nginx'] } } };
    const listener = recordingListener(false);
    const { report, sandbox } = await runAll(listener, { reload: true, system: { commands: { run } } }, keys);
    expect(commands).toEqual([['systemctl', 'reload', 'nginx']]);
    expect(listener.told.slice(-2)).toEqual(['web reloaded', 'status 32']);
    expect(report.reload).toEqual([]);
    const next = await refreshAll(makeOrder(sandbox, fakeSource({ a: new Error() })), recordingListener());
    expect(next.pendingBefore).toEqual([]);
  });

  test('that cannot write its state changes nothing', async () => {
    const { sandbox } = fixture({ a: due });
    sandbox.write('state', 'a file');
    const order = makeOrder(sandbox, fakeSource({}));
    const blocked = {
      ...order,
      configuration: {
        ...order.configuration,
        stateFolder: sandbox.path('state'),
        ownState: { ...order.configuration.ownState, folder: sandbox.path('state/own') },
      },
    };
    const before = sandbox.snapshot();
    await expect(refreshAll(blocked, recordingListener())).rejects.toThrow(OcspbotError);
    expect(sandbox.snapshot()).toEqual(before);
  });
});
