import type { Moment } from '../refresh/run-context.js';
import type { System } from '../system/system.js';
import type { Instant } from '../time/instant.js';
import { BUILT } from '../version.js';

/** The one reading of the clock. A time given by hand is meant, also when it lies before this program was built. */
export function momentOf(given: Instant | undefined, system: Pick<System, 'now'>): Moment {
  if (given !== undefined) return { now: given, earliest: 0, clock: () => given };
  return { now: system.now(), earliest: BUILT, clock: () => system.now() };
}
