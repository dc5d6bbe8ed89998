import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Thresholds } from '../../src/configuration/model.js';
import { decide, type Situation } from '../../src/staple/decide.js';
import { scheduleOf } from '../../src/staple/schedule.js';
import { DAY, HOUR } from '../../src/util/time.js';

const T0 = Date.UTC(2030, 0, 1);
const instant = fc.integer({ min: -400, max: 400 }).map((hours) => T0 + hours * HOUR);
const duration = fc.oneof(fc.nat(30 * DAY), fc.constant(0));
const share = fc.double({ min: 0, max: 1, noNaN: true });
const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const thresholds: fc.Arbitrary<Thresholds> = fc.record({
  minimumValidity: optional(duration),
  minimumShare: optional(share),
  criticalValidity: optional(duration),
});
/** In any order, as wrong as they may be. */
const response = fc.record({ thisUpdate: instant, usefulUntil: instant });
const certificate = fc.record({ notBefore: instant, notAfter: instant });
const all = [response, certificate, thresholds] as const;
/** Sums of instants and shares of durations are not exact to the last bit. */
const ABOUT = 1e-3;

describe('scheduleOf', () => {
  test('refresh, critical and end come in this order', () => {
    fc.assert(
      fc.property(...all, (response, certificate, thresholds) => {
        const { refreshAt, criticalAt, end } = scheduleOf(response, certificate, thresholds);
        expect(refreshAt).toBeLessThanOrEqual(criticalAt + ABOUT);
        expect(criticalAt).toBeLessThanOrEqual(end);
        expect(end).toBe(Math.min(certificate.notAfter, response.usefulUntil));
      }),
      { numRuns: 1000 },
    );
  });

  const keys = fc.constantFrom('minimumValidity', 'minimumShare', 'criticalValidity');

  test('a greater threshold never means later', () => {
    fc.assert(
      fc.property(...all, keys, share, (response, certificate, thresholds, key, more) => {
        const value = thresholds[key];
        fc.pre(value !== undefined);
        const greater = key === 'minimumShare' ? value + (1 - value) * more : value + more * 10 * DAY;
        const [before, after] = [thresholds, { ...thresholds, [key]: greater }].map((set) =>
          scheduleOf(response, certificate, set),
        );
        expect(after?.refreshAt).toBeLessThanOrEqual((before?.refreshAt ?? Number.NaN) + ABOUT);
      }),
      { numRuns: 1000 },
    );
  });

  test('a threshold more never means later, where one takes the place of no default', () => {
    fc.assert(
      fc.property(...all, thresholds, (response, certificate, thresholds, others) => {
        const isSet = thresholds.minimumValidity !== undefined || thresholds.minimumShare !== undefined;
        const added = { ...others, ...onlySet(thresholds) };
        const replacesDefault = others.minimumValidity !== undefined || others.minimumShare !== undefined;
        fc.pre(isSet || !replacesDefault);
        const before = scheduleOf(response, certificate, thresholds);
        expect(scheduleOf(response, certificate, added).refreshAt).toBeLessThanOrEqual(
          before.refreshAt + ABOUT,
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('is the earliest of what each threshold alone gives', () => {
    fc.assert(
      fc.property(...all, (response, certificate, { minimumValidity, minimumShare }) => {
        const none = { minimumValidity: undefined, minimumShare: undefined, criticalValidity: undefined };
        const alone = [
          ...(minimumValidity === undefined ? [] : [{ ...none, minimumValidity }]),
          ...(minimumShare === undefined ? [] : [{ ...none, minimumShare }]),
        ];
        fc.pre(alone.length > 0);
        const each = alone.map((one) => scheduleOf(response, certificate, one).refreshAt);
        const both = scheduleOf(response, certificate, { ...none, minimumValidity, minimumShare });
        expect(both.refreshAt).toBe(Math.min(...each));
      }),
      { numRuns: 1000 },
    );
  });
});

function onlySet(thresholds: Thresholds): Partial<Thresholds> {
  return Object.fromEntries(Object.entries(thresholds).filter(([, value]) => value !== undefined));
}

describe('decide', () => {
  const situation: fc.Arbitrary<Situation> = fc.record({
    staple: fc.oneof(
      fc.record({ kind: fc.constant('usable' as const), response }),
      fc.record({ kind: fc.constantFrom('absent', 'unreadable', 'foreign', 'unusable', 'ahead', 'other') }),
    ),
    certificate,
    thresholds,
    hasResponder: fc.boolean(),
    isRestored: fc.boolean(),
    trigger: fc.constantFrom('due', 'forced', 'given', 'given-by-force', 'rollback'),
    now: instant,
    earliest: instant,
  });
  const later = fc.nat(60 * DAY);
  /** In which order decisions can follow each other while time goes on and nothing else happens. */
  const rank = (decision: ReturnType<typeof decide>) => {
    if (decision.kind === 'keep') return 1;
    if (decision.kind === 'refresh') return 2;
    return { 'clock-wrong': 0, 'no-responder': 1, 'not-replaceable': 2, 'certificate-expired': 3 }[
      decision.reason
    ];
  };

  test('only goes on while time does', () => {
    fc.assert(
      fc.property(situation, later, (situation, passing) => {
        // A staple from the future is judged anew in every run.
        fc.pre(situation.staple.kind !== 'ahead');
        const [first, second] = [situation, { ...situation, now: situation.now + passing }] as const;
        expect(rank(decide(second))).toBeGreaterThanOrEqual(rank(decide(first)));
      }),
      { numRuns: 2000 },
    );
  });

  const span = fc.nat(400).map((hours) => hours * HOUR);
  /** A certificate in force, with a response that is good for a while: most situations at random are no such ones. */
  const inForce = fc
    .record({ situation, thisUpdate: instant, spans: fc.tuple(span, span, span, span) })
    .map(({ situation, thisUpdate, spans: [since, built, until, end] }) => {
      const { now } = situation;
      const response = { thisUpdate, usefulUntil: now + until };
      const certificate = { notBefore: now - since, notAfter: now + end };
      return {
        ...situation,
        staple: { kind: 'usable' as const, response },
        certificate,
        earliest: now - built,
      };
    });

  test('keeps until the very instant that it names', () => {
    fc.assert(
      fc.property(inForce, (situation) => {
        const decision = decide(situation);
        fc.pre(decision.kind === 'keep');
        expect(decision.until).toBeGreaterThan(situation.now);
        const now = Math.ceil(decision.until);
        expect(decide({ ...situation, now })).toMatchObject({ kind: 'refresh' });
      }),
      { numRuns: 2000 },
    );
  });

  test('an expired certificate is never asked about, and nothing is by a clock that is wrong', () => {
    fc.assert(
      fc.property(situation, (situation) => {
        const { certificate, now, earliest } = situation;
        fc.pre(now > certificate.notAfter || now < certificate.notBefore || now < earliest);
        expect(decide(situation).kind).toBe('skip');
      }),
      { numRuns: 2000 },
    );
  });
});
