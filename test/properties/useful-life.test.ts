import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCertificate } from '../../src/x509/certificate.js';
import type { Thresholds } from '../../src/configuration/model.js';
import { decide, type Decision, type Situation } from '../../src/staple/decide.js';
import { scheduleOf, scheduleOfRestored } from '../../src/staple/schedule.js';
import { DEFAULTS } from '../../src/util/limits.js';
import { DAY, HOUR, MINUTE, SECOND, type Instant } from '../../src/util/time.js';
import type { Circumstances, Question } from '../../src/ocsp/verify/question.js';
import { verify, type VerifiedResponse } from '../../src/ocsp/verify/verify.js';
import { makeCertificate, makeKey, makeResponse } from '../support/ca.js';

const T0 = Date.UTC(2030, 0, 1);
const keys = { issuer: makeKey('ed25519'), leaf: makeKey('ed25519'), signer: makeKey('ed25519') };
const serial = 4711;

/** Everything that may end the life of a response. Lengths are counted from thisUpdate. */
interface Life {
  readonly nextUpdate: number | undefined;
  readonly maxAge: number;
  readonly assumedValidity: number | undefined;
  readonly clockSkew: number;
  readonly certificateEnd: number;
  readonly issuerEnd: number;
  /** Undefined: the issuer signs. */
  readonly signerEnd: number | undefined;
}

/** Around the usual values, and now and then equal to each other. */
const length = fc.oneof(
  fc.integer({ min: 1, max: 120 }).map((minutes) => minutes * MINUTE),
  fc.integer({ min: 1, max: 100 }).map((hours) => hours * HOUR),
  fc.integer({ min: 1, max: 60 }).map((days) => days * DAY),
  fc.integer({ min: 1, max: 5_000_000 }).map((seconds) => seconds * SECOND),
);
const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });

const life: fc.Arbitrary<Life> = fc
  .record({
    nextUpdate: optional(length),
    maxAge: fc.oneof(fc.constant(DEFAULTS.maxAge), length),
    assumedValidity: length,
    clockSkew: fc.oneof(fc.constant(DEFAULTS.clockSkew), fc.nat(2 * HOUR)),
    certificateEnd: fc.oneof(fc.constant(400 * DAY), length),
    issuerEnd: fc.oneof(fc.constant(4000 * DAY), length),
    signerEnd: optional(length),
  })
  .map((one) => ({
    ...one,
    assumedValidity: one.nextUpdate === undefined ? one.assumedValidity : undefined,
  }));

const thresholds: fc.Arbitrary<Thresholds> = fc.record({
  minimumValidity: optional(fc.oneof(fc.constant(0), length)),
  minimumShare: optional(fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }))),
  criticalValidity: optional(fc.oneof(fc.constant(0), length)),
});

/** A real response with this life, and how it is judged at any moment. */
function makeCase(life: Life) {
  const { maxAge, assumedValidity, clockSkew } = life;
  const validity = { notBefore: T0 - DAY };
  const issuer = makeCertificate({
    ...validity,
    subject: 'Root',
    key: keys.issuer,
    ca: true,
    notAfter: T0 + life.issuerEnd,
  });
  const certificate = makeCertificate({
    ...validity,
    subject: 'example.com',
    issuer,
    key: keys.leaf,
    serial,
    notAfter: T0 + life.certificateEnd,
  });
  const delegate = (notAfter: number) =>
    makeCertificate({
      ...validity,
      subject: 'Signer',
      issuer,
      key: keys.signer,
      extendedKeyUsage: ['ocspSigning'],
      notAfter,
    });
  const der = makeResponse({
    issuer,
    certificate,
    signer: life.signerEnd === undefined ? undefined : delegate(T0 + life.signerEnd),
    thisUpdate: T0,
    nextUpdate: life.nextUpdate === undefined ? undefined : T0 + life.nextUpdate,
  });
  const question: Question = {
    serialNumber: certificate.serial,
    issuer: readCertificate(issuer.der),
    certificateEnd: certificate.notAfter,
    trustedResponders: [],
  };
  const policy: Circumstances['policy'] = { maxAge, assumedValidity, clockSkew, allowSha1Signatures: false };
  const judge = (now: Instant) => verify(der, question, { policy, now });
  return { certificate, judge };
}

function goodAt(judge: ReturnType<typeof makeCase>['judge'], now: Instant): VerifiedResponse | undefined {
  const examination = judge(now);
  return examination.kind === 'good' ? examination.response : undefined;
}

describe('a response is good until the moment that is told', () => {
  test('a second before it, and no second after it', () => {
    fc.assert(
      fc.property(life, (life) => {
        const { judge } = makeCase(life);
        const told = goodAt(judge, T0)?.usefulUntil ?? Number.NaN;
        expect(goodAt(judge, told - SECOND)?.usefulUntil).toBe(told);
        expect(judge(told + SECOND).kind).toBe('rejected');
      }),
      { numRuns: 150 },
    );
  });

  test('it is the earliest of all ends', () => {
    fc.assert(
      fc.property(life, (life) => {
        expect(goodAt(makeCase(life).judge, T0)?.usefulUntil).toBe(T0 + lengthOf(life));
      }),
      { numRuns: 150 },
    );
  });
});

/** Returns the time for which the response is good, from its thisUpdate on. */
function lengthOf(life: Life): number {
  const { nextUpdate = life.assumedValidity ?? 0, signerEnd = Infinity } = life;
  return Math.min(nextUpdate, life.maxAge, life.certificateEnd, life.issuerEnd, signerEnd);
}

describe('no staple goes from good to failed before a refresh was due', () => {
  const isRestored = fc.boolean();
  /** When the first run of an hour looks at it: cron has any minute. */
  const phase = fc.integer({ min: 0, max: 3599 }).map((seconds) => seconds * SECOND);

  /** Decides what a run does with a good response. */
  function decisionAt(
    now: Instant,
    response: Pick<VerifiedResponse, 'thisUpdate' | 'usefulUntil'>,
    rest: Pick<Situation, 'certificate' | 'thresholds' | 'isRestored'>,
  ): Decision['kind'] {
    const staple = { kind: 'usable' as const, response };
    return decide({ ...rest, staple, now, hasResponder: true, trigger: 'due', earliest: 0 }).kind;
  }

  test('where a run comes every hour, whatever ends the life of what it has verified', () => {
    fc.assert(
      fc.property(life, thresholds, isRestored, phase, (life, thresholds, isRestored, phase) => {
        // Responses that are valid for less need more frequent runs.
        fc.pre(lengthOf(life) > HOUR);
        const { certificate, judge } = makeCase(life);
        const end = T0 + lengthOf(life);
        const last = T0 + phase + Math.floor((end - T0 - phase - SECOND) / HOUR) * HOUR;
        const response = goodAt(judge, last);
        if (response === undefined) throw new Error('the last run before the end does not see it as good');
        expect(judge(last + HOUR + SECOND).kind).toBe('rejected');
        expect(decisionAt(last, response, { certificate, thresholds, isRestored })).toBe('refresh');
      }),
      { numRuns: 200 },
    );
  });

  const plain = fc.tuple(life, thresholds, isRestored).map(([life, thresholds, isRestored]) => ({
    response: { thisUpdate: T0, usefulUntil: T0 + lengthOf(life) },
    rest: {
      certificate: { notBefore: T0 - DAY, notAfter: T0 + life.certificateEnd },
      thresholds,
      isRestored,
    },
  }));

  test('where it lives no longer than an hour, at half of its life', () => {
    fc.assert(
      fc.property(plain, ({ response, rest }) => {
        const { usefulUntil } = response;
        fc.pre(usefulUntil - T0 <= HOUR);
        expect(decisionAt(T0 + Math.ceil((usefulUntil - T0) / 2), response, rest)).toBe('refresh');
      }),
      { numRuns: 1000 },
    );
  });

  test('the next refresh is due at the second that is told, before the end', () => {
    fc.assert(
      fc.property(plain, ({ response, rest }) => {
        const schedule = rest.isRestored ? scheduleOfRestored : scheduleOf;
        const { refreshAt, criticalAt, end } = schedule(response, rest.certificate, rest.thresholds);
        expect([refreshAt % SECOND, criticalAt % SECOND]).toEqual([0, 0]);
        expect(refreshAt).toBeLessThan(end);
        fc.pre(refreshAt > rest.certificate.notBefore);
        const around = [refreshAt - SECOND, refreshAt, refreshAt + SECOND];
        expect(around.map((now) => decisionAt(now, response, rest))).toEqual(['keep', 'refresh', 'refresh']);
      }),
      { numRuns: 2000 },
    );
  });

  test('not even where the clock of the responder is ahead of the end of its certificate', () => {
    const response = { thisUpdate: T0, usefulUntil: T0 - MINUTE };
    const certificate = { notBefore: T0 - DAY, notAfter: T0 + DAY };
    const none = { minimumValidity: undefined, minimumShare: undefined, criticalValidity: undefined };
    const rest = { certificate, thresholds: none, isRestored: false };
    expect(decisionAt(T0 - 2 * MINUTE, response, rest)).toBe('refresh');
  });
});
