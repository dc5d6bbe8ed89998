import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND, WEEK, formatDuration, parseDuration } from '../../src/util/time.js';

const UNITS = {
  [SECOND]: ['s', 'sec', 'second', 'seconds'],
  [MINUTE]: ['m', 'min', 'minute', 'minutes'],
  [HOUR]: ['h', 'hour', 'hours'],
  [DAY]: ['d', 'day', 'days'],
  [WEEK]: ['w', 'week', 'weeks'],
};
const token = fc.constantFrom(...Object.entries(UNITS)).chain(([length, names]) =>
  fc.record({
    count: fc.nat(100_000),
    length: fc.constant(Number(length)),
    name: fc.constantFrom(...names),
    gap: fc.constantFrom('', ' ', '\t', '  '),
  }),
);
const gap = fc.constantFrom(' ', '  ', '\n');
const GREATEST = 50_000_000 * DAY;

describe('parseDuration', () => {
  test('adds up whatever is written', () => {
    fc.assert(
      fc.property(fc.array(token, { minLength: 1, maxLength: 8 }), gap, (tokens, between) => {
        const text = tokens.map(({ count, gap, name }) => `${count}${gap}${name}`).join(between);
        const sum = tokens.reduce((total, { count, length }) => total + count * length, 0);
        expect(parseDuration(text)).toBe(sum);
      }),
    );
  });

  test('gives a duration that can be added to a date, or undefined, for any text', () => {
    const parts = fc.constantFrom(...['1d', '30 min', '2.5h', '0 weeks', '9', 'd', ' ', '\t', '-', 'e']);
    const texts = fc.oneof(
      fc.string(),
      fc.array(parts, { maxLength: 6 }).map((some) => some.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const duration = parseDuration(text);
        fc.pre(duration !== undefined);
        expect(Number.isInteger(duration)).toBe(true);
        expect(duration).toBeGreaterThanOrEqual(0);
        expect(duration).toBeLessThanOrEqual(GREATEST);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('formatDuration', () => {
  const durations = fc.oneof(
    fc.nat(DAY),
    fc.nat({ max: 400 * DAY }),
    fc.maxSafeNat().map((n) => n % GREATEST),
  );

  test('is read back as what it says, cut off by less than its smaller unit', () => {
    fc.assert(
      fc.property(durations, (duration) => {
        const back = parseDuration(formatDuration(duration)) ?? Number.NaN;
        expect(back).toBeLessThanOrEqual(duration);
        const unit = [DAY, HOUR, MINUTE, SECOND].find((length) => duration >= length) ?? SECOND;
        const smaller = { [DAY]: HOUR, [HOUR]: MINUTE }[unit] ?? SECOND;
        expect(duration - back).toBeLessThan(smaller);
        expect(formatDuration(back)).toBe(formatDuration(duration));
      }),
    );
  });

  test('of less than nothing has a minus, unless it is less than a second', () => {
    fc.assert(
      fc.property(durations, (duration) => {
        const sign = duration < SECOND ? '' : '-';
        expect(formatDuration(-duration)).toBe(`${sign}${formatDuration(duration)}`);
      }),
    );
  });
});
