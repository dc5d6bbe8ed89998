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
