import type { Thresholds } from '../configuration/model.js';
import { DEFAULTS, LIMITS } from '../util/limits.js';
import type { VerifiedResponse } from '../ocsp/verify/verify.js';
import { type Duration, type Instant, SECOND } from '../util/time.js';
import type { Certificate } from '../x509/certificate.js';

/** The life of an installed response. */
export interface Schedule {
  /** From here on a new one is fetched. */
  readonly refreshAt: Instant;
  /** From here on a person must know if that does not succeed. */
  readonly criticalAt: Instant;
  /** From here on it is of no use. */
  readonly end: Instant;
}

type Validity = Pick<Certificate, 'notBefore' | 'notAfter'>;
type Times = Pick<VerifiedResponse, 'thisUpdate' | 'usefulUntil'>;

/**
 * The earliest instant that any set threshold gives; with none set, half of the lifetime. An hourly run comes at least
 * once between it and the end, whatever the thresholds say.
 */
export function scheduleOf(response: Times, certificate: Validity, thresholds: Thresholds): Schedule {
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

/** Leaves a response that an administrator has restored alone until it is about to end. */
export function scheduleOfRestored(response: Times, certificate: Validity, thresholds: Thresholds): Schedule {
  const schedule = scheduleOf(response, certificate, thresholds);
  const { criticalAt, end } = schedule;
  const lifetime = lifetimeOf(response, certificate);
  return { ...schedule, refreshAt: Math.min(criticalAt, wholeSecond(end - shortestLead(lifetime))) };
}

function lifetimeOf({ thisUpdate, usefulUntil }: Times, { notBefore, notAfter }: Validity): Duration {
  return Math.max(0, Math.min(notAfter, usefulUntil) - Math.max(notBefore, thisUpdate));
}

/**
 * A run of an hourly timer finds it due before it ends. One that lives for an hour or less is no case for such a timer:
 * with runs that come more often it is due at half.
 */
function shortestLead(lifetime: Duration): Duration {
  const isShort = lifetime > 0 && lifetime <= LIMITS.runInterval;
  return isShort ? DEFAULTS.minimumShare * lifetime : LIMITS.longestRunInterval;
}

/** Times are told in seconds, and what is told is what happens. */
function wholeSecond(instant: Instant): Instant {
  return Math.floor(instant / SECOND) * SECOND;
}
