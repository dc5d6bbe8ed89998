import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCertificate } from '../../src/x509/certificate.js';
import { HOUR } from '../../src/util/time.js';
import type { Circumstances } from '../../src/ocsp/verify/question.js';
import { verify } from '../../src/ocsp/verify/verify.js';
import { makeAuthority } from '../support/ca.js';
import { makeResponse, type SingleOptions, type Status } from '../support/responses.js';
import { CIRCUMSTANCES } from '../ocsp/support/judging.js';

const { now } = CIRCUMSTANCES;
const authority = makeAuthority({ key: 'ed25519', depth: 1 });
const other = makeAuthority({ key: 'ed25519', depth: 1 });
const [one, two, third] = [authority.issue(), authority.issue(), authority.issue()];
const ask = (serialNumber: Uint8Array) => ({
  serialNumber,
  issuer: readCertificate(authority.root.der),
  trustedResponders: [],
});
const [first, second] = [ask(one.serial), ask(two.serial)];
const both = { ...first, also: [{ name: 'two', ...second }] };

const hours = (min: number, max: number) => fc.integer({ min, max }).map((count) => now + count * HOUR);
const weighted = <T>(usual: T, ...rare: T[]) =>
  fc.oneof(
    { weight: 20, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(usual, ...rare) },
  );

/** A SingleResponse about one of the certificates, now and then about another one or of another issuer. */
const single: fc.Arbitrary<SingleOptions> = fc.record({
  certificate: fc.constantFrom(one, two, one, two, third),
  issuer: weighted(authority.root, other.root),
  hash: weighted<'sha1' | 'sha256'>('sha1', 'sha256'),
  status: weighted<Status>('good', 'unknown', { revoked: now - HOUR }),
  thisUpdate: weighted(now - 3 * HOUR, now - HOUR, now - 5 * HOUR),
  nextUpdate: weighted(now + 4 * HOUR, now - HOUR, now + HOUR),
});
const response = fc
  .array(single, { minLength: 1, maxLength: 5 })
  .map((singles) => makeResponse({ issuer: authority.root, singles }));

const times = fc.record({ thisUpdate: hours(-6, -1), nextUpdate: hours(1, 5) });
const circumstances: fc.Arbitrary<Partial<Circumstances>> = fc.record({
  asked: fc.constantFrom(undefined, { hash: 'sha1' as const, nonce: undefined }),
  installed: fc.option(
    fc.tuple(times, times).map(([own, theirs]) => ({ ...own, also: new Map([['two', theirs]]) })),
    { nil: undefined },
  ),
});

describe('a response for two certificates', () => {
  test('is good just if it is good for each, compared with what was in place for it', () => {
    let [good, refused] = [0, 0];
    fc.assert(
      fc.property(response, circumstances, (der, changed) => {
        const all = { ...CIRCUMSTANCES, ...changed };
        const alone = [
          verify(der, first, all),
          verify(der, second, { ...all, installed: changed.installed?.also?.get('two') }),
        ];
        const together = verify(der, both, all);
        expect(together.kind === 'good').toBe(alone.every(({ kind }) => kind === 'good'));
        if (together.kind !== 'good') return void (refused += 1);
        good += 1;
        const ends = alone.map((each) => (each.kind === 'good' ? each.response.usefulUntil : 0));
        expect(together.response.usefulUntil).toBe(Math.min(...ends));
      }),
      { numRuns: 400 },
    );
    // The property says little if one of the two hardly occurs.
    expect(good).toBeGreaterThan(10);
    expect(refused).toBeGreaterThan(10);
  });
});
