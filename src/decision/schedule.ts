import type { Certificate } from '../certificates/certificate.js';
import { DEFAULTS } from '../defaults.js';
import type { Thresholds } from '../configuration/model.js';
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

/** The earliest instant that any set threshold gives; with none set, half of the lifetime. */
export function scheduleOf(response: Times, certificate: Validity, thresholds: Thresholds): Schedule {
  const start = Math.max(certificate.notBefore, response.thisUpdate);
  const end = Math.min(certificate.notAfter, response.usefulUntil);
  const lifetime = Math.max(0, end - start);
  const { minimumValidity, criticalValidity } = thresholds;
  const share = thresholds.minimumShare ?? (minimumValidity === undefined ? DEFAULTS.minimumShare : 0);
  const lead = Math.max(minimumValidity ?? 0, share * lifetime, criticalValidity ?? 0);
  // A threshold longer than the lifetime would make every instant critical.
  const critical = criticalValidity ?? Math.min(lead, lifetime) * DEFAULTS.criticalShare;
  return { refreshAt: end - lead, criticalAt: end - critical, end };
}

/** Of a response that an administrator has put back: it is left alone until it is about to end. */
export function scheduleOfPutBack(...what: Parameters<typeof scheduleOf>): Schedule {
  const schedule = scheduleOf(...what);
  return { ...schedule, refreshAt: schedule.criticalAt };
}
