import type { Clock } from './types.js';

/**
 * Returns the context of a run by the present reading of the clock. Answers are judged by it, and files that may have changed
 * since the run began: a run may take longer than `clock_skew`, and many responders sign when they are asked. A clock that
 * was set back meanwhile does not count.
 */
export function atPresent<Context extends Pick<Clock, 'now' | 'clock'>>(context: Context): Context {
  return { ...context, now: Math.max(context.now, context.clock()) };
}
