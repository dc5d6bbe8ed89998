import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCertificate } from '../../src/certificates/certificate.js';
import type { Thresholds } from '../../src/configuration/model.js';
import { decide } from '../../src/decision/decide.js';
import { scheduleOf, scheduleOfPutBack } from '../../src/decision/schedule.js';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/time/duration.js';
import { verify, type VerifiedResponse } from '../../src/verification/verify.js';
import { makeAuthority } from '../support/ca.js';
import { makeResponse } from '../support/responses.js';

const T0 = Date.UTC(2030, 0, 1);
const authority = makeAuthority({
  key: 'ed25519',
  depth: 1,
  notBefore: T0 - 900 * DAY,
  notAfter: T0 + 60 * DAY,
});
const certificate = authority.issue({ notBefore: T0 - 400 * DAY, notAfter: T0 + 50 * DAY });
const subject = readCertificate(certificate.der);
const question = {
  serialNumber: certificate.serial,
  issuer: readCertificate(authority.root.der),
  trustedResponders: [],
};

const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
/** In seconds, as responses state times: from a minute to three months. */
const length = fc
  .tuple(fc.constantFrom(MINUTE, HOUR, DAY), fc.integer({ min: 1, max: 90 }))
  .map(([unit, count]) => unit * count);
const thresholds: fc.Arbitrary<Thresholds> = fc.record({
  minimumValidity: optional(fc.oneof(fc.constant(0), length)),
  minimumShare: optional(fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }))),
  criticalValidity: optional(fc.oneof(fc.constant(0), length)),
});
const setting = fc.record({
  thresholds,
  maxAge: length,
  assumedValidity: optional(length),
  clockSkew: fc.constantFrom(0, 5 * MINUTE, HOUR),
  /** Undefined: the response has no nextUpdate. */
  validity: optional(length),
  signerEnd: optional(fc.integer({ min: 1, max: 40 }).map((days) => T0 + days * DAY)),
  isRestored: fc.boolean(),
});
type Setting = typeof setting extends fc.Arbitrary<infer T> ? T : never;

/** What a run at a time says of a response of T0 in place: the verified response, or nothing. */
function judgeAt({ maxAge, assumedValidity, clockSkew, validity, signerEnd }: Setting) {
  const signer = signerEnd && authority.delegate({ notBefore: T0 - 400 * DAY, notAfter: signerEnd });
  const nextUpdate = validity === undefined ? undefined : T0 + validity;
  const issuer = authority.root;
  const der = makeResponse({ issuer, certificate, thisUpdate: T0, nextUpdate, ...(signer && { signer }) });
  const policy = { maxAge, assumedValidity, clockSkew, allowSha1Signatures: false };
  return (now: number): VerifiedResponse | undefined => {
    const examination = verify(der, question, { policy, now });
    return examination.kind === 'good' && now <= subject.notAfter ? examination.response : undefined;
  };
}

describe('the useful life of a response', () => {
  test('ends when it is said to end, and a run that comes every hour finds it due before', () => {
    fc.assert(
      fc.property(setting, fc.integer({ min: 0, max: HOUR / SECOND - 1 }), (given, phase) => {
        const at = judgeAt(given);
        const response = at(T0 + SECOND);
        if (response === undefined) return;
        const { end, refreshAt } = (given.isRestored ? scheduleOfPutBack : scheduleOf)(
          response,
          subject,
          given.thresholds,
        );
        expect(at(end - SECOND)).toBeDefined();
        expect(at(end + SECOND)).toBeUndefined();
        const isDueAt = (now: number) =>
          decide({
            staple: { kind: 'usable', response },
            isPutBack: given.isRestored,
            certificate: subject,
            thresholds: given.thresholds,
            hasResponder: true,
            occasion: 'due',
            now,
            earliest: 0,
          }).kind === 'refresh';
        const before = Math.ceil(refreshAt) - SECOND;
        if (before > T0) expect(isDueAt(before)).toBe(false);
        expect(isDueAt(Math.ceil(refreshAt) + SECOND)).toBe(true);
        // The last of the hourly runs that finds it good, if it lives for more than two of them.
        const first = T0 + phase * SECOND;
        const last = first + Math.floor((end - SECOND - first) / HOUR) * HOUR;
        if (end - T0 >= 2 * HOUR) expect(isDueAt(last)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});
