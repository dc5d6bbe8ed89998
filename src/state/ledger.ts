import { describe, OcspbotError, toOcspbotError } from '../util/errors.js';
import type { Tools } from '../storage/tools.js';
import type { System } from '../system/system.js';
import { formatInstant } from '../util/time.js';
import { inheritPendingReloads } from './inheritance.js';
import { acquireLock, type Predecessor } from './lock.js';
import { noteOrigin, type OwnState } from './own-folder.js';
import type { PendingNames } from './pending-reload-files.js';
import { openPendingReloadStore, type PendingReloadStore } from './pending-reloads.js';
import { untilStruckOut } from './strike-out.js';

/** Who is owed a reload, kept in the configuration's own folder while this run holds its lock. */
export interface LockedState {
  /** What earlier runs left unpaid. */
  readonly before: PendingNames;
  /** What was found amiss in the state folder. */
  readonly warnings: readonly string[];
  readonly predecessor: Predecessor;
  record(services: readonly string[]): Promise<void>;
  /** Never throws: what cannot be struck out is asked for once more by the next run. */
  pay(services: readonly string[]): Promise<void>;
}

/** Takes note of what went wrong beside the work itself. */
export type Warn = (text: string, hint?: string) => void;

/** A run that writes nothing owes nothing, and needs no lock. */
const DRY: LockedState = {
  before: { services: [], warning: undefined },
  warnings: [],
  predecessor: 'none',
  record: () => Promise.reject(new OcspbotError('internal', 'a dry run was about to install')),
  pay: () => Promise.resolve(),
};

type Means = Tools & Pick<System, 'sleep'>;

/** Whose pending reloads are kept. */
export interface StateOwner {
  readonly ownState: OwnState;
  readonly stateFolder: string;
  /** Names of all services that a reload can be pending for. */
  readonly services: readonly string[];
  /** Those that an entry of the configuration has. */
  readonly usedServices: readonly string[];
}

/**
 * Works while holding the configuration's lock. What `work` has told the caller counts as paid: it is struck out
 * as the very last thing, so that a kill before it costs no reload.
 *
 * @param work returns the services whose reload the caller was told of
 * @throws OcspbotError `locked`, or of a folder that cannot be written to
 */
export async function withLockedState(
  owner: StateOwner,
  dryRun: boolean,
  tools: Means,
  warn: Warn,
  work: (ledger: LockedState) => Promise<readonly string[]>,
): Promise<void> {
  if (dryRun) return void (await work(DRY));
  const { folder } = owner.ownState;
  const lock = await acquireLock(folder, tools);
  if (lock.kind === 'busy') throw locked(lock.holder.pid, lock.since, folder);
  if (lock.predecessor === 'released') await untilStruckOut(folder, tools);
  const debt = openPendingReloadStore(folder, owner.services, tools);
  // The caller has been told: what fails now must not change the status, and at worst he is told once more.
  const note = (error: unknown) => warn(describe(error), toOcspbotError(error).hint);
  const pay = (paid: readonly string[]) => debt.pay(paid).catch(note);
  let told: readonly string[] = [];
  try {
    const warnings = await takeOver(owner, debt, tools);
    const { predecessor } = lock;
    told = await work({ before: debt.read(), warnings, predecessor, record: debt.record, pay });
  } finally {
    const strikeOut = await debt.setApart(told).catch((error: unknown) => () => note(error));
    for (const problem of await lock.release()) warn(problem);
    attemptLast(strikeOut, note);
  }
}

async function takeOver(owner: StateOwner, debt: PendingReloadStore, tools: Means): Promise<string[]> {
  const { ownState, stateFolder, usedServices: services } = owner;
  await noteOrigin(ownState, tools);
  return await inheritPendingReloads({ ownState, stateFolder, services }, debt, tools);
}

function attemptLast(action: () => void, note: (error: unknown) => void): void {
  try {
    action();
  } catch (error) {
    note(error);
  }
}

function locked(pid: number, since: number, folder: string): OcspbotError {
  const message = `process ${pid} has held the lock in ${folder} since ${formatInstant(since)}`;
  return new OcspbotError('locked', message, {
    hint: 'another run is at work: let it end, or stop it; nothing was changed',
  });
}
