import type { Certificate } from '../certificates/certificate.js';
import { DEFAULTS, LIMITS } from '../defaults.js';
import type { Thresholds } from '../configuration/model.js';
import type { Duration } from '../time/duration.js';
import type { Instant } from '../time/instant.js';
import type { VerifiedResponse } from '../verification/verify.js';

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
  return { refreshAt: end - lead, criticalAt: end - critical, end };
}

/** Leaves a response that an administrator has restored alone until it is about to end. */
export function scheduleOfPutBack(response: Times, certificate: Validity, thresholds: Thresholds): Schedule {
  const schedule = scheduleOf(response, certificate, thresholds);
  const { criticalAt, end } = schedule;
  const lifetime = lifetimeOf(response, certificate);
  return { ...schedule, refreshAt: Math.min(criticalAt, end - shortestLead(lifetime)) };
}

function lifetimeOf({ thisUpdate, usefulUntil }: Times, { notBefore, notAfter }: Validity): Duration {
  return Math.max(0, Math.min(notAfter, usefulUntil) - Math.max(notBefore, thisUpdate));
}

/** A run that comes every hour finds it due before it ends. */
function shortestLead(lifetime: Duration): Duration {
  return Math.min(LIMITS.shortestLead, DEFAULTS.minimumShare * lifetime);
}
