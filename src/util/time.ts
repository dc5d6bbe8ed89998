import { DateTime } from 'luxon';

/** A moment, in milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** Reads an ISO 8601 time; without an offset it is UTC. */
export function parseInstant(text: string): Instant | undefined {
  const time = DateTime.fromISO(text, { zone: 'utc' });
  return time.isValid ? time.toMillis() : undefined;
}

/*
 * The two that every certificate needs are not left to luxon, which takes longer for them than for all else together
 * that is read of a response. This is the only place with a Date: both are functions of nothing but what they are given.
 */

/** `2026-01-31T09:05:00Z`: UTC, whole seconds. */
export function formatInstant(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, -'.000Z'.length)}Z`;
}

/** The moment of a date and time of day in UTC; undefined where there is none such (February 30, 24:00). */
export function instantOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): Instant | undefined {
  const date = new Date(0);
  // Not by Date.UTC, to which years below 100 are those of the last century.
  date.setUTCFullYear(year, month - 1, day);
  const isDate = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  const isTime = hour < 24 && minute < 60 && second < 60;
  return isDate && isTime ? date.setUTCHours(hour, minute, second) : undefined;
}

/** A length of time, in milliseconds. */
export type Duration = number;

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;

/** Half of the span of a Date: a present instant plus or minus any duration is still a date. */
const GREATEST = 50_000_000 * DAY;

const UNITS: ReadonlyMap<string, Duration> = new Map([
  ...['s', 'sec', 'second', 'seconds'].map((unit) => [unit, SECOND] as const),
  ...['m', 'min', 'minute', 'minutes'].map((unit) => [unit, MINUTE] as const),
  ...['h', 'hour', 'hours'].map((unit) => [unit, HOUR] as const),
  ...['d', 'day', 'days'].map((unit) => [unit, DAY] as const),
  ...['w', 'week', 'weeks'].map((unit) => [unit, WEEK] as const),
]);

const TOKENS = /^\s*\d+\s*[a-z]+(?:\s+\d+\s*[a-z]+)*\s*$/;

/** Reads `3d`, `1w 3d 5h` or `2 hours 5 minutes`: whole numbers with units, added up. undefined for all else. */
export function parseDuration(text: string): Duration | undefined {
  if (!TOKENS.test(text)) return undefined;
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)\s*([a-z]+)/g)) {
    const length = UNITS.get(unit ?? '');
    if (length === undefined) return undefined;
    sum += Number(count) * length;
  }
  return sum <= GREATEST ? sum : undefined;
}

const SPOKEN = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', SECOND],
] as const;

/** `3 days 4 hours`, for people: the greatest unit and the next one, cut off and not rounded; `0 seconds` below one. */
export function formatDuration(duration: Duration): string {
  const length = Math.abs(duration);
  const first = SPOKEN.findIndex(([, unit]) => length >= unit);
  if (first < 0) return '0 seconds';
  let rest = length;
  const parts: string[] = [];
  for (const [name, unit] of SPOKEN.slice(first, first + 2)) {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`);
  }
  return (duration < 0 ? '-' : '') + parts.join(' ');
}
