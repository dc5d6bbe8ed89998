import { makeRandom, type Random } from '../../support/random.js';
import type { Call } from './calls.js';

/**
 * OCSPBOT_FAULTS: `all` that there is, where somebody has the time, or a `few` of each kind, where all the rest was
 * tried just before.
 */
const EXTENT = process.env['OCSPBOT_FAULTS'];
const SEED = Number(process.env['OCSPBOT_SEED'] ?? 1);
const READS = EXTENT === 'few' ? 2 : 8;
const ERRORS = ['EIO', 'ENOSPC', 'EACCES', 'EROFS', 'EINTR', 'EMFILE', 'EDQUOT'].map(
  (code) => `error=${code}`,
);
/** It says that one octet was written, and has written none: a disk that lies. */
const SHORT_WRITE = 'retval=1';

/** All calls that change something, and some of the others. */
export function chooseCalls(calls: readonly Call[]): Call[] {
  const random = makeRandom(SEED);
  const [reads, changes] = (['reads', 'changes'] as const).map((effect) =>
    calls.filter((call) => call.effect === effect),
  ) as [Call[], Call[]];
  const chosen = new Set([
    ...(EXTENT === 'all' ? reads : pickSome(reads, READS, random)),
    ...(EXTENT === 'few' ? pickSome(changes, changes.length / 3, random) : changes),
  ]);
  return calls.filter((call) => call.effect === 'ends' || chosen.has(call));
}

/** For each of these calls so many errors; writes are also short. */
export function chooseErrors(calls: readonly Call[], each: number): { call: Call; what: string }[] {
  const random = makeRandom(SEED);
  return chooseCalls(calls)
    .filter(({ effect }) => effect !== 'ends')
    .flatMap((call) => {
      const errors = EXTENT === 'all' ? ERRORS : pickSome(ERRORS, EXTENT === 'few' ? 1 : each, random);
      const whats = call.name === 'write' ? [...errors, SHORT_WRITE] : errors;
      return whats.map((what) => ({ call, what }));
    });
}

function pickSome<T>(items: readonly T[], count: number, random: Random): T[] {
  const picked = new Set<T>();
  while (picked.size < Math.min(count, items.length)) picked.add(random.pick(items));
  return [...picked];
}
