import { LIMITS } from '../util/limits.js';
import type { Instant, Duration } from '../util/time.js';
import { shortened } from './attempt.js';
import type { Wait } from './types.js';

interface WaitCause {
  /** The code of the error. */
  readonly why: string;
  readonly now: Instant;
  /** A number from 0 to 1. */
  readonly chance: number;
  /** The time for which the responder asks to be left alone. */
  readonly atLeast?: Duration | undefined;
}

/** Returns the wait after a failure. It doubles each time, up to a limit that responders cannot exceed either. */
export function waitAfter(before: Wait | undefined, { why, now, chance, atLeast = 0 }: WaitCause): Wait {
  const count = Math.min((before?.count ?? 0) + 1, LIMITS.countedWaits);
  const backOff = Math.min(LIMITS.firstWait * 2 ** (count - 1), LIMITS.longestWait);
  const length = Math.min(Math.max(shortened(backOff, chance), atLeast), LIMITS.longestWait);
  return { since: now, until: now + length, why, count };
}

/**
 * Returns when a wait ends for a staple that becomes critical at `criticalAt`; undefined if it is over. A wait takes only
 * a small part of the time that was left when it began. A clock that was set back ends it.
 */
export function heldUntil(wait: Wait | undefined, criticalAt: Instant, now: Instant): Instant | undefined {
  if (wait === undefined || now < wait.since) return undefined;
  const length = Math.min(
    wait.until - wait.since,
    LIMITS.longestWait,
    (criticalAt - wait.since) * LIMITS.waitShare,
  );
  const until = Math.floor(wait.since + length);
  return now < until ? until : undefined;
}
