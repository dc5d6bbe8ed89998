import * as fc from 'fast-check';
import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import { parseInstant } from '../../src/util/calendar.js';
import { formatInstant, instantOf } from '../../src/util/time.js';

const moments = fc
  .date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => Math.floor(date.getTime() / 1000) * 1000);

test('what is formatted is read again, and is what luxon writes', () => {
  fc.assert(
    fc.property(moments, fc.nat(999), (moment, milliseconds) => {
      const text = formatInstant(moment + milliseconds);
      expect(parseInstant(text)).toBe(moment);
      const time = DateTime.fromMillis(moment, { zone: 'utc', locale: 'en-US' });
      expect(text).toBe(time.toFormat("yyyy-MM-dd'T'HH:mm:ss'Z'"));
    }),
  );
});

test('a date and a time of day are the moment that luxon takes them for', () => {
  const part = (most: number) => fc.integer({ min: 0, max: most });
  const parts = fc.tuple(part(9999), part(13), part(32), part(23), part(60), part(60));
  fc.assert(
    fc.property(parts, (given) => {
      const time = DateTime.utc(...given, { locale: 'en-US' });
      const [year, month, day, ...timeOfDay] = given;
      expect(instantOf([year, month, day], timeOfDay)).toBe(time.isValid ? time.toMillis() : undefined);
    }),
  );
});

test.each([
  [2026, 2, 30, 0, 0, 0],
  [2100, 2, 29, 0, 0, 0],
  [2026, 0, 1, 0, 0, 0],
  [2026, 1, 1, 24, 0, 0],
  [2026, 1, 1, 0, 60, 0],
  [2026, 1, 1, 0, 0, 60],
])('no calendar or clock has %i-%i-%i %i:%i:%i', (year, month, day, hour, minute, second) => {
  expect(instantOf([year, month, day], [hour, minute, second])).toBeUndefined();
});
