import { makeRandom, type Random } from '../../support/random.js';
import type { Call } from './calls.js';

/** All that there is, where somebody has the time: OCSPBOT_FAULTS=all. */
const ALL = process.env['OCSPBOT_FAULTS'] === 'all';
const SEED = Number(process.env['OCSPBOT_SEED'] ?? 1);
const READS = 8;
const ERRORS = ['EIO', 'ENOSPC', 'EACCES', 'EROFS', 'EINTR', 'EMFILE', 'EDQUOT'].map(
  (code) => `error=${code}`,
);
/** It says that one octet was written, and has written none: a disk that lies. */
const SHORT_WRITE = 'retval=1';

/** All calls that change something, and some of the others. */
export function chooseCalls(calls: readonly Call[]): Call[] {
  const reads = calls.filter(({ effect }) => effect === 'reads');
  const chosen = new Set(ALL ? reads : pickSome(reads, READS, makeRandom(SEED)));
  return calls.filter((call) => call.effect !== 'reads' || chosen.has(call));
}

/** For each of these calls so many errors; writes are also short. */
export function chooseErrors(calls: readonly Call[], each: number): { call: Call; what: string }[] {
  const random = makeRandom(SEED);
  return chooseCalls(calls)
    .filter(({ effect }) => effect !== 'ends')
    .flatMap((call) => {
      const errors = ALL ? ERRORS : pickSome(ERRORS, each, random);
      const whats = call.name === 'write' ? [...errors, SHORT_WRITE] : errors;
      return whats.map((what) => ({ call, what }));
    });
}

function pickSome<T>(items: readonly T[], count: number, random: Random): T[] {
  const picked = new Set<T>();
  while (picked.size < Math.min(count, items.length)) picked.add(random.pick(items));
  return [...picked];
}
