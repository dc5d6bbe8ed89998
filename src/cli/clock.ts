import type { Clock } from '../run/types.js';
import type { System } from '../system/system.js';
import { BUILT } from '../util/version.js';
import { usage } from './values.js';

/**
 * Reads the clock, once for the whole command.
 *
 * @param given The value of `--now`: an ISO 8601 time, in UTC if it has no offset. It is accepted even if it is before this
 *   program was built.
 * @throws OcspbotError `usage`
 */
export async function readClock(given: string | undefined, system: Pick<System, 'now'>): Promise<Clock> {
  if (given === undefined) return systemClock(system);
  const { parseInstant } = await import('../util/calendar.js');
  const now = parseInstant(given);
  if (now === undefined) throw usage(`--now ${given} is not an ISO 8601 time like 2026-01-31T09:05:00Z`);
  return { now, earliest: 0, clock: () => now };
}

/** Reads the clock of the machine, which cannot be right before this program was built. */
export function systemClock(system: Pick<System, 'now'>): Clock {
  return { now: system.now(), earliest: BUILT, clock: () => system.now() };
}
