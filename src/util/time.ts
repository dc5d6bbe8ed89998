/** A moment, in milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** The latest instant with a year of four digits. */
const LATEST: Instant = 253_402_300_799_000;

/** Accepts an instant of a record. A damaged one may be none that can be shown. */
export function isInstant(value: unknown): value is Instant {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= LATEST;
}

/*
 * Every certificate needs the next two functions. luxon (calendar.ts) would take longer for them than all other reading of
 * a response takes. This is the only use of Date outside of src/system, and both functions depend on their arguments alone.
 */

/** Formats an instant as `2026-01-31T09:05:00Z`: UTC, whole seconds. */
export function formatInstant(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, -'.000Z'.length)}Z`;
}

type DateParts = readonly [year: number, month: number, day: number];
type TimeParts = readonly [hour: number, minute: number, second: number];

/** Returns the instant of a date and time of day in UTC; undefined if they do not exist (February 30, 24:00). */
export function instantOf(
  [year, month, day]: DateParts,
  [hour, minute, second]: TimeParts,
): Instant | undefined {
  const date = new Date(0);
  // Date.UTC takes years below 100 for those of the 20th century.
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

/** Half of the range of Date, so that the present plus or minus any duration is still a valid Date. */
const GREATEST = 50_000_000 * DAY;

const UNITS: ReadonlyMap<string, Duration> = new Map([
  ...['s', 'sec', 'second', 'seconds'].map((unit) => [unit, SECOND] as const),
  ...['m', 'min', 'minute', 'minutes'].map((unit) => [unit, MINUTE] as const),
  ...['h', 'hour', 'hours'].map((unit) => [unit, HOUR] as const),
  ...['d', 'day', 'days'].map((unit) => [unit, DAY] as const),
  ...['w', 'week', 'weeks'].map((unit) => [unit, WEEK] as const),
]);

const TOKENS = /^\s*\d+\s*[a-z]+(?:\s+\d+\s*[a-z]+)*\s*$/;

/** Matches what parseDuration reads, but for the greatest, in a JSON Schema. */
export const DURATION_PATTERN = (({ length, unit }) => `\\s*${length}${unit}(?:\\s+${length}${unit})*\\s*`)({
  length: '\\d+\\s*',
  unit: `(?:${[...UNITS.keys()].join('|')})`,
});

/** Reads `3d`, `1w 3d 5h` or `2 hours 5 minutes`, whole numbers with units; undefined for anything else. */
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

/** Says how long ago an instant was. What lies ahead was noted before the clock was set back. */
export function formatAge(instant: Instant, now: Instant): string {
  if (instant - now >= MINUTE) return `${formatDuration(instant - now)} ahead of the clock`;
  return `${formatDuration(Math.max(0, now - instant))} ago`;
}

const SHOWN_UNITS = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', SECOND],
] as const;

/** Formats a duration for people as `3 days 4 hours`: the greatest unit and the next one, cut off and not rounded. */
export function formatDuration(duration: Duration): string {
  const length = Math.abs(duration);
  const first = SHOWN_UNITS.findIndex(([, unit]) => length >= unit);
  if (first < 0) return '0 seconds';
  let rest = length;
  const parts: string[] = [];
  for (const [name, unit] of SHOWN_UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`);
  }
  return (duration < 0 ? '-' : '') + parts.join(' ');
}
