import { toHex } from '../util/bytes.js';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { doStep, failure } from '../storage/errors.js';
import { removeStaleTemporaryFiles } from '../storage/temporary-files.js';
import type { Tools } from '../storage/tools.js';
import type { ProcessIdentity } from '../system/system.js';
import type { Instant } from '../util/time.js';
import {
  type Acknowledged,
  addGeneration,
  type Claim,
  generations,
  highestOf,
  readClaim,
  replaceClaim,
  type Contender,
} from './lock-files.js';
import { type LastRuns, NO_RUNS } from './last-run.js';
import { openStateFolder } from './state-folder.js';

// The protocol. A generation is a file `lock-N` that holds a claim, held or released. Let N be the highest generation. A
// contender that finds N released, or its holder dead, links a complete file to `lock-(N+1)`; link(2) lets only one
// succeed. It then lists the folder. It holds the lock only if it sees nothing higher and its own file is still its own.
// Then it removes the lower generations, the lowest first. To release the lock, it replaces its own claim by a released
// one. Nothing else is ever removed or rewritten. So once a generation was there, it or a higher one always is.
//
// The proof that two runs can never hold the lock. Let A hold G, and let A's listing have begun at time T.
// 1. At T nothing was higher than G. Suppose that H was the highest one at T, and higher than G. A listing sees all files
//    that stay during it (POSIX readdir), so H was removed meanwhile, by the maker M of a still higher one that was linked
//    after T. M's listing came later and saw G, and M removed G before H. Then A's look at its own file, after the
//    listing, would have failed. This stops a slow contender that links a number which was used and removed long ago.
// 2. Let B be the first that links above G after T. B found G to be the highest: had it ever seen a higher one, that or a
//    higher one would be there at T. B read A's claim in G: an earlier G was removed because of a higher one, which would
//    be there at T. A lives and has not released the lock, so B calls it busy and links nothing.
// The proof rests on two assumptions: it is known which processes live (a holder that cannot be checked counts as dead
// after `lockAge`), and nobody removes the files by hand while a run is on.

/** The end of the run that held the lock before. If its claim is damaged, it counts as dead. */
export type Predecessor = 'none' | 'released' | 'died';

export type LockAttempt =
  | {
      readonly kind: 'held';
      readonly predecessor: Predecessor;
      /** The names of the files in the folder since the lock is held. */
      readonly names: readonly string[];
      /** The reloads of an earlier run of which its caller was told. */
      readonly acknowledged: Acknowledged | undefined;
      /** The last complete runs before this one. */
      readonly runs: LastRuns;
      /**
       * Releases the lock. The same rename(2) acknowledges reloads of which the caller was told, and records the run.
       * Returns what went wrong; then the lock ends with this process, and nothing is acknowledged or recorded.
       */
      release(changes?: ClaimChanges): Promise<OcspbotError | undefined>;
    }
  | { readonly kind: 'busy'; readonly holder: ProcessIdentity; readonly since: Instant };

/** The changes of a claim at the end of its run. The rest stays as it was. */
type ClaimChanges = Partial<Pick<Claim, 'acknowledged' | 'runs'>>;

/**
 * Tries once to become the only run that works with this state folder. A missing folder is made.
 *
 * @throws OcspbotError if the folder cannot be written to; `locked` if others were faster again and again
 */
export async function acquireLock(stateFolder: string, tools: Tools): Promise<LockAttempt> {
  const folder = await openStateFolder(stateFolder, tools);
  const token = toHex(tools.randomBytes(8));
  const claim: Claim = { state: 'held', holder: tools.processes.self, since: tools.now, token };
  return doStep(`lock the state folder ${folder}`, 'nothing was changed', () =>
    contend({ folder, tools, claim }),
  );
}

async function contend(contender: Contender): Promise<LockAttempt> {
  const { folder, tools } = contender;
  for (let round = 0; round < LIMITS.lockRounds; round++) {
    const last = highestOf(generations(folder, tools));
    const present = occupancyOf(last, contender);
    if (present.kind === 'busy') return present;
    const { predecessor, acknowledged, runs } = present;
    const own: Contender = { ...contender, claim: { ...contender.claim, acknowledged, runs } };
    if (await addGeneration(last + 1, own)) return held(last + 1, predecessor, own);
  }
  throw new OcspbotError('locked', `other runs were always faster to lock ${folder}`, {
    hint: 'run ocspbot less often at the same time',
  });
}

async function held(
  generation: number,
  predecessor: Predecessor,
  contender: Contender,
): Promise<LockAttempt> {
  const { folder, tools } = contender;
  const names = tools.files.list(folder);
  await removeStaleTemporaryFiles(folder, names, tools);
  return {
    kind: 'held',
    predecessor,
    names,
    acknowledged: contender.claim.acknowledged,
    runs: contender.claim.runs ?? NO_RUNS,
    release: (changes) => release(generation, contender, changes),
  };
}

async function release(
  generation: number,
  contender: Contender,
  { acknowledged = contender.claim.acknowledged, runs = contender.claim.runs }: ClaimChanges = {},
): Promise<OcspbotError | undefined> {
  const { folder, claim } = contender;
  try {
    await replaceClaim(generation, { ...claim, state: 'released', acknowledged, runs }, contender);
    return undefined;
  } catch (error) {
    const consequence = 'it ends with this process, and services may be reloaded once more';
    return failure(`release the lock in ${folder}`, error, consequence);
  }
}

type Occupancy =
  | Extract<LockAttempt, { kind: 'busy' }>
  | {
      readonly kind: 'free';
      readonly predecessor: Predecessor;
      readonly acknowledged: Acknowledged | undefined;
      readonly runs: LastRuns | undefined;
    };

/** Reports whether the lock is free, by the claim of its highest generation. */
function occupancyOf(generation: number, { folder, tools }: Contender): Occupancy {
  if (generation === 0)
    return { kind: 'free', predecessor: 'none', acknowledged: undefined, runs: undefined };
  const last = readClaim(generation, folder, tools);
  const kept = { acknowledged: last?.acknowledged, runs: last?.runs };
  if (last?.state === 'released') return { kind: 'free', predecessor: 'released', ...kept };
  if (last === undefined || isDead(last, tools)) return { kind: 'free', predecessor: 'died', ...kept };
  return { kind: 'busy', holder: last.holder, since: last.since };
}

/** Reports whether the holder is dead. If nobody can tell, the age of the lock decides. */
function isDead({ holder, since }: Claim, { processes, now }: Tools): boolean {
  const life = processes.lifeOf(holder);
  return life === 'dead' || (life === 'unknown' && Math.abs(now - since) > LIMITS.lockAge);
}
