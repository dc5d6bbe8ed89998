import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { makeAuthority, makeCertificate, makeResponse } from '../support/ca.js';
import { runOcspbot, type Run } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { onlyOne, reportOf } from './support/report.js';
import { DAY, HOUR, MINUTE, SECOND } from './support/times.js';

const T0 = Date.UTC(2026, 2, 8, 10, 0, 0);

interface Case {
  readonly keys?: Readonly<Record<string, unknown>>;
  /** From thisUpdate on. */
  readonly nextUpdate?: number;
  readonly signerEnd?: number;
  readonly issuerEnd?: number;
  readonly certificateEnd?: number;
  readonly refreshAfter: number;
  readonly goodFor: number;
}

const CASES: Readonly<Record<string, Case>> = {
  nextUpdate: { nextUpdate: 4 * DAY, refreshAfter: 2 * DAY, goodFor: 4 * DAY },
  'max_age, where nextUpdate is far': { nextUpdate: 60 * DAY, refreshAfter: 7 * DAY, goodFor: 14 * DAY },
  'a max_age of its own': {
    keys: { max_age: '3d', minimum_validity: '1d' },
    nextUpdate: 60 * DAY,
    refreshAfter: 2 * DAY,
    goodFor: 3 * DAY,
  },
  assumed_validity: {
    keys: { assumed_validity: '2d', minimum_validity_percentage: 25 },
    refreshAfter: 1.5 * DAY,
    goodFor: 2 * DAY,
  },
  'max_age before assumed_validity': {
    keys: { assumed_validity: '30d' },
    refreshAfter: 7 * DAY,
    goodFor: 14 * DAY,
  },
  'the end of the delegate': {
    nextUpdate: 8 * DAY,
    signerEnd: 3 * DAY,
    refreshAfter: 1.5 * DAY,
    goodFor: 3 * DAY,
  },
  'the end of the issuer': {
    nextUpdate: 8 * DAY,
    issuerEnd: 2 * DAY,
    refreshAfter: DAY,
    goodFor: 2 * DAY,
  },
  'the end of the certificate': {
    nextUpdate: 8 * DAY,
    certificateEnd: DAY,
    refreshAfter: 12 * HOUR,
    goodFor: DAY,
  },
  'no threshold at all': {
    keys: { minimum_validity: '0s', clock_skew: '0s' },
    nextUpdate: DAY,
    refreshAfter: DAY - 90 * MINUTE,
    goodFor: DAY,
  },
  'a share that is not a whole second': {
    keys: { minimum_validity_percentage: 33 },
    nextUpdate: DAY + SECOND,
    refreshAfter: Math.floor((0.67 * (DAY + SECOND)) / SECOND) * SECOND,
    goodFor: DAY + SECOND,
  },
};

const time = (after: number): string => new Date(T0 + after).toISOString().replace('.000', '');

/** A certificate with a response of T0 in place, and no responder. */
class Fixture {
  readonly sandbox: Sandbox = makeSandbox();

  constructor({ keys, nextUpdate, signerEnd, issuerEnd, certificateEnd }: Case) {
    const until = (end: number | undefined) => (end === undefined ? {} : { notAfter: T0 + end });
    const authority = makeAuthority({ key: 'ed25519' });
    const [issuerKey, root] = [authority.intermediate.key, authority.root];
    const issuer = makeCertificate({
      subject: 'CA',
      issuer: root,
      ca: true,
      key: issuerKey,
      ...until(issuerEnd),
    });
    const certificate = authority.issue({ issuer, ...until(certificateEnd) });
    const signer = signerEnd === undefined ? undefined : authority.delegate({ issuer, ...until(signerEnd) });
    const end = nextUpdate === undefined ? undefined : T0 + nextUpdate;
    const response = makeResponse({ issuer, certificate, signer, thisUpdate: T0, nextUpdate: end });
    this.sandbox.write('a.ocsp', response);
    const entry = {
      ...this.sandbox.writeCertificate('a', certificate),
      ocsp_responder_uri: 'http://127.0.0.1:1/',
    };
    const http = { attempts: 1 };
    this.sandbox.writeConfiguration({ ocsp_folder: '.', http, ...keys, domains: { a: entry } });
  }

  run(after: number, ...args: readonly string[]): Promise<Run> {
    return runOcspbot([...args, '--now', time(after)], { cwd: this.sandbox.folder });
  }

  async refresh(after: number): Promise<string> {
    const { outcome, reason } = onlyOne(reportOf(await this.run(after, '--dry-run', '--json')));
    return `${outcome} ${reason}`;
  }

  async explain(after: number): Promise<string> {
    const { stdout } = await this.run(after, 'explain', 'a', '--json');
    const { staple, decision } = JSON.parse(stdout) as { staple: { state: string }; decision: string };
    return `${staple.state}, ${decision}`;
  }
}

describe.each(Object.entries(CASES))(
  'the life of a response ends with %s',
  (_, { refreshAfter, goodFor, ...one }) => {
    let fixture: Fixture;
    beforeAll(() => {
      fixture = new Fixture({ refreshAfter, goodFor, ...one });
    });
    afterAll(() => fixture.sandbox.dispose());

    test('a run tells both times', async () => {
      const report = onlyOne(reportOf(await fixture.run(HOUR, '--json')));
      const message = `^good until ${time(goodFor)} .*, next refresh ${time(refreshAfter)}$`;
      expect(report.message).toMatch(new RegExp(message));
      expect(report.staple).toMatchObject({ useful_until: time(goodFor), refresh_at: time(refreshAfter) });
    });

    test('a refresh is due just then, and it is good until just then', async () => {
      const around = [refreshAfter - SECOND, refreshAfter, goodFor - SECOND, goodFor + SECOND];
      const [before, due, last, after] = await Promise.all(around.map((when) => fixture.refresh(when)));
      expect([before, due, last]).toEqual([
        'unchanged fresh',
        'deferred connection-failed',
        'deferred connection-failed',
      ]);
      expect(after).toMatch(/^failed /);
    });
  },
);

test('explain and verify tell the same', async () => {
  const { refreshAfter, goodFor, ...one } = CASES['the end of the certificate'] as Case;
  const fixture = new Fixture({ refreshAfter, goodFor, ...one });
  const { stdout } = await fixture.run(HOUR, 'explain', 'a');
  expect(stdout).toContain(`refresh      from ${time(refreshAfter)} `);
  expect(stdout).toContain(`unusable     from ${time(goodFor)} `);
  expect(await fixture.explain(goodFor - SECOND)).toBe('usable, refresh');
  expect(await fixture.explain(goodFor + SECOND)).toBe('unusable, skip');
  const verify = (after: number) =>
    fixture.run(after, 'verify', 'a.ocsp', '--cert', 'a/cert.pem', '--issuer', 'a/chain.pem');
  const before = await verify(goodFor - SECOND);
  expect(before.stdout).toContain(`good until ${time(goodFor)}`);
  expect([before.status, (await verify(goodFor + SECOND)).status]).toEqual([0, 32]);
});
