import { DateTime } from 'luxon';
import type { Instant } from '../time/instant.js';
import { SECOND, type Duration } from '../time/duration.js';
import type { HttpResponse } from '../system/interfaces/http.js';

/**
 * How long the responder asks to be left alone (RFC 9110 §10.2.3): seconds, or a date, which is one by its own clock
 * where it tells the time. undefined for none, and for what cannot be read.
 */
export function retryAfter({ headers }: Pick<HttpResponse, 'headers'>, now: Instant): Duration | undefined {
  const value = headers['retry-after']?.trim();
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value) * SECOND, Number.MAX_SAFE_INTEGER);
  const date = readHttpDate(value);
  return date && Math.max(0, date - (readHttpDate(headers['date']) ?? now));
}

/** All three forms of RFC 9110 §5.6.7. */
export function readHttpDate(text: string | undefined): Instant | undefined {
  if (text === undefined) return undefined;
  const date = DateTime.fromHTTP(text, { zone: 'utc', locale: 'en-US' });
  return date.isValid ? date.toMillis() : undefined;
}
