import { describe, OcspbotError, toOcspbotError } from '../util/errors.js';
import { errno } from '../storage/errors.js';
import type { Tools } from '../storage/tools.js';
import { formatInstant } from '../util/time.js';
import { inheritPendingReloads } from './inheritance.js';
import { type LastRuns, NO_RUNS, type RunRecord, withRun } from './last-run.js';
import { readLastClaim } from './lock-files.js';
import { acquireLock, type Predecessor } from './lock.js';
import { noteOrigin, type OwnState } from './own-state.js';
import type { PendingNames } from './pending-reload-files.js';
import { openPendingReloadStore, type PendingReloadStore } from './pending-reloads.js';

/** The state of a configuration while this run holds its lock: which services are pending a reload. */
export interface LockedState {
  /** The reloads that earlier runs have left pending. */
  readonly before: PendingNames;
  /** The problems that were found in the state folder. */
  readonly warnings: readonly string[];
  readonly predecessor: Predecessor;
  /** The last complete runs before this one. */
  readonly runs: LastRuns;
  /** Records the services as pending, before their staples are replaced. */
  record(services: readonly string[]): Promise<void>;
  /** Removes services from the pending reloads. Never throws: if it fails, the next run asks for the reload once more. */
  remove(services: readonly string[]): Promise<void>;
  /** Notes the services of which the caller was told. The release removes their pending reloads. */
  acknowledge(services: readonly string[]): void;
  /** Notes the end of a complete run. The release records it. */
  conclude(run: RunRecord): void;
  /** Releases the lock, removes the acknowledged reloads and records the run. Never throws. */
  release(): Promise<void>;
}

/** Reports a problem beside the work itself. */
export type Warn = (text: string, hint?: string) => void;

/** The state of a dry run: it installs nothing, so nothing is pending and no lock is needed. */
export const DRY_RUN_STATE: LockedState = {
  before: { services: [], warning: undefined },
  warnings: [],
  predecessor: 'none',
  runs: NO_RUNS,
  record: () => Promise.reject(new OcspbotError('internal', 'a dry run was about to install')),
  remove: () => Promise.resolve(),
  acknowledge: () => undefined,
  conclude: () => undefined,
  release: () => Promise.resolve(),
};

/** The configuration whose pending reloads are kept. */
export interface StateOwner {
  readonly ownState: OwnState;
  readonly stateFolder: string;
  /** The names of all services that a reload can be pending for. */
  readonly services: readonly string[];
  /** The names of services whose pending reloads are taken over from other configurations. */
  readonly usedServices: readonly string[];
}

/**
 * Locks the state of a configuration for one run.
 *
 * @throws OcspbotError `locked`, or the error of a folder that cannot be written to: then nothing was changed
 */
export async function lockState(owner: StateOwner, tools: Tools, warn: Warn): Promise<LockedState> {
  const { folder } = owner.ownState;
  const lock = await acquireLock(folder, tools);
  if (lock.kind === 'busy') throw locked(lock.holder.pid, lock.since, folder);
  const pending = openPendingReloadStore(folder, owner.services, tools, lock);
  // A failure here is only a warning: at worst a reload is asked for once more.
  const note = (error: unknown): undefined => void warn(describe(error), toOcspbotError(error).hint);
  let acknowledged: readonly string[] = [];
  let { runs } = lock;
  const release = async () => {
    const acknowledgement = await pending.acknowledge(acknowledged).catch(note);
    const problem = await lock.release({ acknowledged: acknowledgement, runs });
    if (problem !== undefined) note(problem);
  };
  try {
    const warnings = await takeOver(owner, pending, tools);
    await pending.tidy().catch(note);
    return {
      before: pending.read(),
      warnings,
      predecessor: lock.predecessor,
      runs: lock.runs,
      record: pending.record,
      remove: (services) => pending.remove(services).catch(note),
      acknowledge: (services) => {
        acknowledged = services;
      },
      conclude: (run) => {
        runs = withRun(lock.runs, run);
      },
      release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The runs of a configuration, as they are seen without its lock. */
export interface KnownRuns {
  readonly runs: LastRuns;
  /** True if one is at work now, for certain. */
  readonly isRunning: boolean;
}

/** Reads the runs of a configuration without its lock. If this user may not look there, none is known. */
export function readKnownRuns(folder: string, tools: Pick<Tools, 'files' | 'processes'>): KnownRuns {
  try {
    const claim = readLastClaim(folder, tools);
    const isRunning = claim?.state === 'held' && tools.processes.lifeOf(claim.holder) === 'alive';
    return { runs: claim?.runs ?? NO_RUNS, isRunning };
  } catch (error) {
    if (errno(error) === undefined) throw error;
    return { runs: NO_RUNS, isRunning: false };
  }
}

async function takeOver(owner: StateOwner, pending: PendingReloadStore, tools: Tools): Promise<string[]> {
  const { ownState, stateFolder, usedServices: services } = owner;
  await noteOrigin(ownState, tools);
  return await inheritPendingReloads({ ownState, stateFolder, services }, pending, tools);
}

function locked(pid: number, since: number, folder: string): OcspbotError {
  const message = `process ${pid} has held the lock in ${folder} since ${formatInstant(since)}`;
  return new OcspbotError('locked', message, {
    hint: 'another run is at work: let it end, or stop it; nothing was changed',
  });
}
