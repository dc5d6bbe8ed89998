import type { HttpResponse } from '../http/types.js';
import { parseHttpDate } from '../util/calendar.js';
import { type Duration, type Instant, SECOND } from '../util/time.js';
import { isDateText, isEntityTag, type Validators } from './validators.js';

type Headers = HttpResponse['headers'];

/** Returns how long caches would give the same answer (RFC 9111 §4.2); 0 if the headers do not say. */
export function freshFor(headers: Headers): Duration {
  const directives = readDirectives(headers['cache-control']);
  if (directives.has('no-cache') || directives.has('no-store')) return 0;
  const lifetime = readSeconds(directives.get('max-age')) ?? untilExpiry(headers);
  return Math.max(0, lifetime - (readSeconds(headers['age']) ?? 0));
}

function untilExpiry(headers: Headers): Duration {
  const [expires, date] = [readHttpDate(headers['expires']), readHttpDate(headers['date'])];
  return expires === undefined || date === undefined ? 0 : expires - date;
}

function readDirectives(header = ''): ReadonlyMap<string, string> {
  const directives = header.split(',').map((directive) => directive.trim().toLowerCase().split('='));
  return new Map(directives.map(([name = '', value = '']) => [name, value.replaceAll('"', '')]));
}

function readSeconds(text: string | undefined): Duration | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text.trim()) ? Number(text) * SECOND : undefined;
}

/** Returns the validator of a response, if it is safe to keep and to send back. */
export function validatorsOf(headers: Headers): Validators | undefined {
  const etag = headers['etag'];
  if (etag !== undefined && isEntityTag(etag)) return { etag };
  const lastModified = headers['last-modified'];
  return lastModified !== undefined && isDateText(lastModified) && readHttpDate(lastModified) !== undefined
    ? { lastModified }
    : undefined;
}

/**
 * Returns how long the responder asks to be left alone (RFC 9110 §10.2.3); undefined if it does not, or not readably. A
 * date is compared with the responder's own clock if there is a `Date` header.
 */
export function retryAfter({ headers }: Pick<HttpResponse, 'headers'>, now: Instant): Duration | undefined {
  const value = headers['retry-after']?.trim();
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value) * SECOND, Number.MAX_SAFE_INTEGER);
  const date = readHttpDate(value);
  return date && Math.max(0, date - (readHttpDate(headers['date']) ?? now));
}

function readHttpDate(text: string | undefined): Instant | undefined {
  return text === undefined ? undefined : parseHttpDate(text);
}
