import type { Clock } from './types.js';

/**
 * Returns the context of a run with the present time, by which answers are judged, and files that may have changed since the
 * run began. A run may take longer than `clock_skew`, and many responders sign when they are asked. If the clock was set back
 * meanwhile, the time at which the run began is used.
 */
export function atPresent<Context extends Pick<Clock, 'now' | 'clock'>>(context: Context): Context {
  return { ...context, now: Math.max(context.now, context.clock()) };
}
