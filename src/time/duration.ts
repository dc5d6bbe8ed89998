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
