import { makeRandom } from '../../verification/differential/random.js';
import type { Call } from './calls.js';

/** All of them, where somebody has the time: OCSPBOT_FAULTS=all. */
const ALL = process.env['OCSPBOT_FAULTS'] === 'all';
export const SEED = Number(process.env['OCSPBOT_SEED'] ?? 1);
const READS = 8;

/** All calls that change something, and some of the others. */
export function chooseCalls(calls: readonly Call[]): Call[] {
  const reads = calls.filter(({ effect }) => effect === 'reads');
  const chosen = new Set(ALL ? reads : pickSome(reads, READS));
  return calls.filter((call) => call.effect !== 'reads' || chosen.has(call));
}

function pickSome<T>(items: readonly T[], count: number): T[] {
  const random = makeRandom(SEED);
  const picked = new Set<T>();
  while (picked.size < Math.min(count, items.length)) picked.add(random.pick(items));
  return [...picked];
}
