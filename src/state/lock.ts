import { describe, OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { attempt } from '../storage/errors.js';
import { removeStaleTemporaryFiles } from '../storage/temporary-files.js';
import type { Tools } from '../storage/tools.js';
import type { ProcessIdentity } from '../system/system.js';
import type { Instant } from '../util/time.js';
import { addGeneration, type Claim, generations, highestOf, readClaim, type Scene } from './lock-files.js';
import { openStateFolder } from './state-folder.js';

// A generation is a file `lock-N` with a claim in it, held or released. Who finds the highest one, N, released or its
// owner dead links a complete file to `lock-(N+1)`; link(2) lets one succeed. He then lists the folder, and holds the
// lock only if he sees nothing higher and his own file is still his. Then he removes the lower ones, the lowest first.
// To release he adds one more in the same way. Nothing else is ever removed or rewritten, so once a generation was
// there, it or a higher one always is.
//
// Why two can never hold it. Let A hold G, and let A's listing have begun at time T.
// 1. At T nothing was higher than G. What stays during a listing is seen by it (POSIX readdir), so the highest one H
//    that was there at T, and was not seen, was removed meanwhile, by the maker M of one higher still, linked after T.
//    M's listing came later, saw G, and M removed G before H: A's look at his own file, after the listing, would
//    have failed. This stops the slow contender who links a number that was used and removed long ago.
// 2. Who links above G after T, the first to do so, found G to be the highest (had he ever seen a higher one, that or
//    a higher one would be there at T), and read A's claim in it (an earlier G was removed because of a higher one,
//    which would be there at T). A lives and has not released it, so he calls it busy, and links nothing.
// What this rests on: life is judged rightly (that of a stranger is presumed to end after `lockAge`), and nobody
// removes the files by hand while a run is on.

/** How the run ended that held the lock before; nobody knows where its claim is damaged. */
export type Predecessor = 'none' | 'released' | 'died';

export type LockAttempt =
  | {
      readonly kind: 'held';
      readonly predecessor: Predecessor;
      /** Returns what went wrong; the lock then ends with this process. */
      release(): Promise<readonly string[]>;
    }
  | { readonly kind: 'busy'; readonly holder: ProcessIdentity; readonly since: Instant };

/**
 * Tries once to become the only run that works with this state folder, which is made when missing.
 * @throws OcspbotError when the folder cannot be written to; `locked` when others were faster again and again
 */
export async function acquireLock(stateFolder: string, tools: Tools): Promise<LockAttempt> {
  const folder = await openStateFolder(stateFolder, tools);
  const token = Buffer.from(tools.randomBytes(8)).toString('hex');
  const claim: Claim = { state: 'held', holder: tools.processes.self, since: tools.now, token };
  return attempt(`lock the state folder ${folder}`, 'nothing was changed', () =>
    contend({ folder, tools, claim }),
  );
}

async function contend(scene: Scene): Promise<LockAttempt> {
  const { folder, tools } = scene;
  for (let round = 0; round < LIMITS.lockRounds; round++) {
    const last = highestOf(generations(folder, tools));
    const present = occupancyOf(last, scene);
    if (present.kind === 'busy') return present;
    if (await addGeneration(last + 1, scene)) return held(last + 1, present.predecessor, scene);
  }
  throw new OcspbotError('locked', `other runs were always faster to lock ${folder}`, {
    hint: 'run ocspbot less often at the same time',
  });
}

async function held(generation: number, predecessor: Predecessor, scene: Scene): Promise<LockAttempt> {
  const { folder, tools } = scene;
  await removeStaleTemporaryFiles(folder, tools.files.list(folder), tools);
  return { kind: 'held', predecessor, release: () => release(generation + 1, scene) };
}

async function release(generation: number, held: Scene): Promise<readonly string[]> {
  const scene: Scene = { ...held, claim: { ...held.claim, state: 'released' } };
  try {
    await addGeneration(generation, scene);
    return [];
  } catch (error) {
    return [`cannot release the lock in ${held.folder}, it ends with this process: ${describe(error)}`];
  }
}

type Occupancy =
  Extract<LockAttempt, { kind: 'busy' }> | { readonly kind: 'free'; readonly predecessor: Predecessor };

/** Whether the lock is free to take from the holder of this generation. */
function occupancyOf(generation: number, { folder, tools }: Scene): Occupancy {
  if (generation === 0) return { kind: 'free', predecessor: 'none' };
  const last = readClaim(generation, folder, tools);
  if (last?.state === 'released') return { kind: 'free', predecessor: 'released' };
  if (last === undefined || isOver(last, tools)) return { kind: 'free', predecessor: 'died' };
  return { kind: 'busy', holder: last.holder, since: last.since };
}

/** Where nobody can tell whether the holder lives, the age of the lock decides. */
function isOver({ holder, since }: Claim, { processes, now }: Tools): boolean {
  const life = processes.lifeOf(holder);
  return life === 'dead' || (life === 'unknown' && Math.abs(now - since) > LIMITS.lockAge);
}
