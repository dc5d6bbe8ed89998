import { LIMITS } from '../defaults.js';
import { shortened } from '../transport/attempt.js';
import type { Duration } from '../time/duration.js';
import type { Instant } from '../time/instant.js';
import type { Wait } from './remembered.js';

interface Failure {
  /** Code of the error. */
  readonly why: string;
  readonly now: Instant;
  /** From 0 to 1. */
  readonly chance: number;
  /** What the responder has asked for. */
  readonly atLeast?: Duration | undefined;
}

/** After a failure: twice as long each time, up to a limit that holds for the wishes of responders too. */
export function waitAfter(before: Wait | undefined, { why, now, chance, atLeast = 0 }: Failure): Wait {
  const count = Math.min((before?.count ?? 0) + 1, LIMITS.countedWaits);
  const backOff = Math.min(LIMITS.firstWait * 2 ** (count - 1), LIMITS.longestWait);
  const length = Math.min(Math.max(shortened(backOff, chance), atLeast), LIMITS.longestWait);
  return { since: now, until: now + length, why, count };
}

/**
 * Until when it holds for a staple that is critical from `criticalAt` on, where that is still to come. It never takes
 * more than a small part of the time that was left when it began; a clock that was set back ends it.
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
