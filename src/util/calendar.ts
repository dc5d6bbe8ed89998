import { DateTime } from 'luxon';
import type { Instant } from './time.js';

/*
 * Times as people and protocols write them. Most runs read and write none of these, so this module, and luxon with it, is
 * loaded only by code that such a run does not load.
 */

// The locale of the machine says nothing about these formats, and takes long to find out.
const UTC = { zone: 'utc', locale: 'en-US' } as const;

/** Reads an ISO 8601 time, in UTC if it has no offset; undefined if it is invalid. */
export function parseInstant(text: string): Instant | undefined {
  return instantOrNone(DateTime.fromISO(text, UTC));
}

/** Reads a date in any of the three forms of RFC 9110 §5.6.7; undefined if it is invalid. */
export function parseHttpDate(text: string): Instant | undefined {
  return instantOrNone(DateTime.fromHTTP(text, UTC));
}

const STAMP = 'yyyyMMdd-HHmmss';

/** Formats an instant as `20260131-090500`, in UTC. */
export function formatStamp(instant: Instant): string {
  return DateTime.fromMillis(instant, UTC).toFormat(STAMP);
}

/** Reads a stamp; undefined if it is invalid. 24:00:00 is the next day. */
export function parseStamp(stamp: string): Instant | undefined {
  return instantOrNone(DateTime.fromFormat(stamp, STAMP, UTC));
}

/** Formats an instant in the time zone of the machine, by the tokens of luxon. */
export function formatLocal(instant: Instant, format: string): string {
  return DateTime.fromMillis(instant, { locale: 'en-US' }).toFormat(format);
}

function instantOrNone(time: DateTime): Instant | undefined {
  return time.isValid ? time.toMillis() : undefined;
}
