import { describe, expect, test } from 'vitest';
import { DAY, formatDuration, HOUR, MINUTE, parseDuration, SECOND, WEEK } from '../../src/util/time.js';

describe('parseDuration', () => {
  test.each([
    ['3d', 3 * DAY],
    ['1w 3d 5h', WEEK + 3 * DAY + 5 * HOUR],
    ['2 hours 5 minutes 10 seconds', 2 * HOUR + 5 * MINUTE + 10 * SECOND],
    ['1 week', WEEK],
    ['2 weeks', 2 * WEEK],
    ['1 day 1 hour 1 minute 1 second', DAY + HOUR + MINUTE + SECOND],
    ['4 min 5 sec', 4 * MINUTE + 5 * SECOND],
    ['7m', 7 * MINUTE],
    ['7s', 7 * SECOND],
    ['  1h\t\n 2 m ', HOUR + 2 * MINUTE],
    ['0s', 0],
    ['1d 1d', 2 * DAY],
    ['007 days', 7 * DAY],
    ['50000000 days', 50_000_000 * DAY],
  ])('%j', (text, expected) => expect(parseDuration(text)).toBe(expected));

  test.each([
    '',
    '   ',
    '3',
    'd',
    'd3',
    '1.5d',
    '1,5d',
    '-3d',
    '+3d',
    '3D',
    '3 Days',
    '3 months',
    '3 years',
    '3dd',
    '3d.',
    '3d,5h',
    '3d and 5h',
    '1w3d',
    '3 4 d',
    '1h 2',
    '0x3d',
    '1e3s',
    '٣d',
    '50000001 days',
    `${'9'.repeat(400)}w`,
  ])('refuses %j', (text) => expect(parseDuration(text)).toBeUndefined());
});

describe('formatDuration', () => {
  test.each([
    [0, '0 seconds'],
    [999, '0 seconds'],
    [SECOND, '1 second'],
    [59 * SECOND, '59 seconds'],
    [MINUTE, '1 minute'],
    [MINUTE + SECOND, '1 minute 1 second'],
    [2 * HOUR + 5 * MINUTE + 10 * SECOND, '2 hours 5 minutes'],
    [3 * DAY + 4 * HOUR + 59 * MINUTE, '3 days 4 hours'],
    [3 * DAY + 59 * MINUTE, '3 days'],
    [DAY - 1, '23 hours 59 minutes'],
    [10 * DAY, '10 days'],
    [400 * DAY, '400 days'],
    [-(DAY + HOUR), '-1 day 1 hour'],
  ])('%d', (duration, expected) => expect(formatDuration(duration)).toBe(expected));
});
