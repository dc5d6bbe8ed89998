import { makeRandom, type Random } from '../../support/random.js';
import { byExtent, SEED } from '../../support/campaign.js';
import type { Call } from './calls.js';

/** The number of calls that only read something. */
const READS = byExtent({ sample: 1, long: 2, all: Infinity });
/** The share of the calls that change something. */
const CHANGES = byExtent({ sample: 1 / 10, long: 1, all: 1 });
/** The number of errors for each call. */
const EACH = byExtent({ sample: 1, long: 1, all: Infinity });
const ERRORS = ['EIO', 'ENOSPC', 'EACCES', 'EROFS', 'EINTR', 'EMFILE', 'EDQUOT'].map(
  (code) => `error=${code}`,
);
/** A short write: the call reports one written byte, but has written none. */
const SHORT_WRITE = 'retval=1';

/** Selects calls that change something, and a few of the others. */
export function chooseCalls(calls: readonly Call[]): Call[] {
  const random = makeRandom(SEED);
  const [reads, changes] = (['reads', 'changes'] as const).map((effect) =>
    calls.filter((call) => call.effect === effect),
  ) as [Call[], Call[]];
  const chosen = new Set([
    ...pickSome(reads, READS, random),
    ...pickSome(changes, changes.length * CHANGES, random),
  ]);
  return calls.filter((call) => call.effect === 'ends' || chosen.has(call));
}

/** Selects errors for each of these calls. A write also gets a short write. */
export function chooseErrors(calls: readonly Call[]): { call: Call; what: string }[] {
  const random = makeRandom(SEED);
  return chooseCalls(calls)
    .filter(({ effect }) => effect !== 'ends')
    .flatMap((call) => {
      const errors = pickSome(ERRORS, EACH, random);
      const whats = call.name === 'pwrite64' ? [...errors, SHORT_WRITE] : errors;
      return whats.map((what) => ({ call, what }));
    });
}

function pickSome<T>(items: readonly T[], count: number, random: Random): T[] {
  const picked = new Set<T>();
  while (picked.size < Math.min(count, items.length)) picked.add(random.pick(items));
  return [...picked];
}
