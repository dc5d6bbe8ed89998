import { DateTime } from 'luxon';

/** A moment, in milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** A locale by name spares luxon the search for that of the system, which takes longer than all else here. */
export const LOCALE = 'en-US';

const UTC = { zone: 'utc', locale: LOCALE };

/** `2026-01-31T09:05:00Z`: UTC, whole seconds. */
export function formatInstant(instant: Instant): string {
  return DateTime.fromMillis(instant, UTC).toFormat("yyyy-MM-dd'T'HH:mm:ss'Z'");
}

/** Reads an ISO 8601 time; without an offset it is UTC. */
export function parseInstant(text: string): Instant | undefined {
  const time = DateTime.fromISO(text, UTC);
  return time.isValid ? time.toMillis() : undefined;
}
