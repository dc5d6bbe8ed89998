import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCertificate } from '../../src/x509/certificate.js';
import { HOUR, SECOND } from '../../src/util/time.js';
import { FORGIVABLE } from '../../src/ocsp/verify/question.js';
import type { Comparison } from '../../src/ocsp/verify/facts.js';
import { objectionTo } from '../../src/ocsp/verify/still-current.js';
import { judgeAgain, verify, type Examination } from '../../src/ocsp/verify/verify.js';
import { makeAuthority } from '../support/ca.js';
import { makeResponse, type Status } from '../support/responses.js';
import { CIRCUMSTANCES } from '../ocsp/support/judging.js';

const { now } = CIRCUMSTANCES;
const authority = makeAuthority({ key: 'ed25519', depth: 1 });
const certificate = authority.issue();
const question = {
  serialNumber: certificate.serial,
  issuer: readCertificate(authority.root.der),
  trustedResponders: [],
};

const hours = (min: number, max: number) => fc.integer({ min, max }).map((count) => now + count * HOUR);
const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const NONCES = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

const comparison: fc.Arbitrary<Comparison> = fc.record({
  asked: optional(
    fc.record({
      hash: fc.constantFrom('sha1', 'sha256'),
      nonce: fc.constantFrom(undefined, ...NONCES),
    }),
  ),
  installed: optional(fc.record({ thisUpdate: hours(-5, 0), nextUpdate: hours(-1, 5) })),
  mayBeOlder: optional(fc.boolean()),
  forgiven: fc.constantFrom(undefined, FORGIVABLE),
});

const response = fc
  .record({
    thisUpdate: hours(-5, 1),
    nextUpdate: hours(-1, 5),
    status: fc.constantFrom<Status>('good', 'unknown', { revoked: now - HOUR }),
    hash: fc.constantFrom('sha1' as const, 'sha256' as const),
    nonce: fc.constantFrom(undefined, ...NONCES),
  })
  .map((options) => makeResponse({ issuer: authority.root, certificate, ...options }));

function shown(examination: Examination): object {
  const checks = examination.checks.map(({ evidence, ...check }) => ({ ...check, evidence: evidence() }));
  return { ...examination, checks };
}

describe('judgeAgain', () => {
  test('says what verify says under the same circumstances, whatever was asked before', () => {
    fc.assert(
      fc.property(response, comparison, comparison, (der, before, after) => {
        const first = verify(der, question, { ...CIRCUMSTANCES, ...before });
        const anew = verify(der, question, { ...CIRCUMSTANCES, ...after });
        expect(shown(judgeAgain(first, after))).toEqual(shown(anew));
        expect(shown(judgeAgain(judgeAgain(first, after), before))).toEqual(shown(first));
      }),
      { numRuns: 300 },
    );
  });

  test('takes nothing but what verify has returned', () => {
    const examination = verify(Uint8Array.of(), question, CIRCUMSTANCES);
    expect(() => judgeAgain({ ...examination }, {})).toThrow(TypeError);
  });
});

describe('what is looked at again before a verified response is installed', () => {
  const end = fc.integer({ min: 1, max: 5 }).map((count) => count * HOUR);
  const ends = fc.record({ nextUpdate: end, maxAge: end, certificateEnd: end });
  /** Around the ends. */
  const later = fc
    .tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom(-SECOND, 0, SECOND))
    .map(([count, offset]) => now + Math.max(0, count * HOUR + offset));
  const installed = optional(fc.record({ thisUpdate: hours(-1, 0), nextUpdate: hours(1, 5) }));

  test('is what verify would say at that moment, over that file', () => {
    fc.assert(
      fc.property(ends, later, installed, fc.boolean(), (ends, later, installed, mayBeOlder) => {
        const { maxAge, ...lengths } = ends;
        const [nextUpdate, certificateEnd] = [now + lengths.nextUpdate, now + lengths.certificateEnd];
        const der = makeResponse({ issuer: authority.root, certificate, thisUpdate: now, nextUpdate });
        const at = (now: number, more: Comparison) => {
          const policy = { ...CIRCUMSTANCES.policy, maxAge };
          return verify(der, { ...question, certificateEnd }, { policy, now, ...more });
        };
        const before = at(now, {});
        if (before.kind !== 'good') throw new Error(`it is not good: ${before.problem}`);
        const objection = objectionTo(before.response, { now: later, installed, mayBeOlder });
        const isGood = at(later, { installed, mayBeOlder }).kind === 'good';
        expect(objection === undefined).toBe(isGood);
      }),
      { numRuns: 500 },
    );
  });
});
