import type { Thresholds } from '../configuration/model.js';
import { DEFAULTS, LIMITS } from '../util/limits.js';
import type { VerifiedResponse } from '../ocsp/verify/verify.js';
import { type Duration, formatDuration, type Instant, SECOND } from '../util/time.js';
import type { Certificate } from '../x509/certificate.js';

/** The times of an installed response. */
export interface Schedule {
  /** The time from which a new response is fetched. */
  readonly refreshAt: Instant;
  /** The time from which a failed refresh needs attention. */
  readonly criticalAt: Instant;
  /** The last time at which the response is usable. */
  readonly end: Instant;
}

type Validity = Pick<Certificate, 'notBefore' | 'notAfter'>;
export type ResponseTimes = Pick<VerifiedResponse, 'thisUpdate' | 'usefulUntil'>;

/**
 * Returns the schedule of a response. Its refresh is due at the earliest time that any configured threshold gives, or at
 * half of the lifetime if none is configured. Whatever the thresholds say, an hourly run comes at least once between this
 * time and the end.
 */
export function scheduleOf(response: ResponseTimes, certificate: Validity, thresholds: Thresholds): Schedule {
  const end = Math.min(certificate.notAfter, response.usefulUntil);
  const lifetime = lifetimeOf(response, certificate);
  const { minimumValidity, criticalValidity } = thresholds;
  const share = thresholds.minimumShare ?? (minimumValidity === undefined ? DEFAULTS.minimumShare : 0);
  const lead = Math.max(
    minimumValidity ?? 0,
    share * lifetime,
    criticalValidity ?? 0,
    shortestLead(lifetime),
  );
  // A threshold longer than the lifetime would make every instant critical.
  const critical = criticalValidity ?? Math.min(lead, lifetime) * DEFAULTS.criticalShare;
  return { refreshAt: wholeSecond(end - lead), criticalAt: wholeSecond(end - critical), end };
}

/** Returns the schedule of a restored response, which is not refreshed before it is about to end. */
export function scheduleOfRestored(
  response: ResponseTimes,
  certificate: Validity,
  thresholds: Thresholds,
): Schedule {
  const schedule = scheduleOf(response, certificate, thresholds);
  const { criticalAt, end } = schedule;
  const lifetime = lifetimeOf(response, certificate);
  return { ...schedule, refreshAt: Math.min(criticalAt, wholeSecond(end - shortestLead(lifetime))) };
}

/** Warns of a response that lives no longer than `minimum_validity`. Each run then asks for a reload. */
export function lifetimeWarnings(
  { thisUpdate, nextUpdate }: Pick<VerifiedResponse, 'thisUpdate' | 'nextUpdate'>,
  { minimumValidity = 0 }: Thresholds,
): string[] {
  const lifetime = nextUpdate - thisUpdate;
  if (minimumValidity < lifetime) return [];
  return [
    `the new response is due at once: it lives for ${formatDuration(lifetime)}, and minimum_validity is ${formatDuration(minimumValidity)}; every run will replace it`,
  ];
}

function lifetimeOf({ thisUpdate, usefulUntil }: ResponseTimes, { notBefore, notAfter }: Validity): Duration {
  return Math.max(0, Math.min(notAfter, usefulUntil) - Math.max(notBefore, thisUpdate));
}

/**
 * Returns the shortest time between refresh and end, so that an hourly run finds the refresh due. A response with a
 * lifetime of an hour or less needs more frequent runs: its refresh is due at half of the lifetime.
 */
function shortestLead(lifetime: Duration): Duration {
  const isShort = lifetime > 0 && lifetime <= LIMITS.runInterval;
  return isShort ? DEFAULTS.minimumShare * lifetime : LIMITS.longestRunInterval;
}

/** Rounds down to a second, so that the schedule is exactly what messages say. */
function wholeSecond(instant: Instant): Instant {
  return Math.floor(instant / SECOND) * SECOND;
}
