import { join } from 'node:path';
import { LIMITS } from '../util/limits.js';
import { errno } from '../storage/errors.js';
import type { Tools } from '../storage/tools.js';
import { formatInstant, isInstant } from '../util/time.js';
import { acquireLock } from './lock.js';
import { foldersIn, type OwnState, readOrigin } from './own-state.js';
import { pendingFileNames, openPendingFolder, readPendingFiles, reasonOf } from './pending-reload-files.js';
import { openPendingReloadStore, type PendingReloadStore } from './pending-reloads.js';

// Some pending reloads have no run any more that would ask for them. Earlier versions kept one list for all configurations
// of a state folder, and a configuration may have been renamed or removed. A run takes over the services that it knows.

export interface Heir {
  readonly ownState: OwnState;
  readonly stateFolder: string;
  /** The services that this configuration knows. */
  readonly services: readonly string[];
}

/** Takes over pending reloads of other configurations. Returns warnings and never throws. */
export async function inheritPendingReloads(
  heir: Heir,
  pending: PendingReloadStore,
  tools: Tools,
): Promise<string[]> {
  const warnings: string[] = [];
  for (const folder of abandonedFolders(heir, tools)) {
    try {
      if (hasPending(folder, tools)) warnings.push(...(await inheritFrom(folder, heir, pending, tools)));
    } catch (error) {
      warnings.push(`cannot take over the reloads that may be pending in ${folder}: ${reasonOf(error)}`);
    }
  }
  return warnings;
}

function abandonedFolders({ ownState, stateFolder }: Heir, tools: Tools): string[] {
  const others = foldersIn(stateFolder, tools.files).filter((folder) => folder !== ownState.folder);
  // Earlier versions kept all pending reloads in the state folder itself.
  return [stateFolder, ...others.filter((folder) => isAbandoned(folder, tools))];
}

/** Reports whether a folder has files of pending reloads. Throws if nobody can tell. */
function hasPending(folder: string, tools: Tools): boolean {
  try {
    return pendingFileNames(folder, tools).length > 0;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}

/** Reports whether the configuration of a folder is gone. If this user may not look, it counts as present. */
function isAbandoned(folder: string, { files }: Tools): boolean {
  const origin = readOrigin(folder, files);
  if (origin === undefined) return false;
  try {
    files.resolve(origin.path);
    return false;
  } catch (error) {
    return isAbsence(error);
  }
}

function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errno(error) ?? '');
}

async function inheritFrom(
  folder: string,
  heir: Heir,
  pending: PendingReloadStore,
  tools: Tools,
): Promise<string[]> {
  const fits = ({ services }: { readonly services: readonly string[] }) =>
    services.filter((service) => heir.services.includes(service));
  if (fits(readPendingFiles(openPendingFolder(folder, tools), heir.services)).length === 0)
    return unclaimed(folder, tools);
  const lock = await acquireLock(folder, tools);
  // A run of an earlier version holds the lock. It asks for its reloads itself.
  if (lock.kind === 'busy') return [];
  try {
    const abandoned = openPendingReloadStore(folder, heir.services, tools);
    const inherited = abandoned.read();
    await pending.record(fits(inherited));
    await abandoned.remove(fits(inherited));
    return inherited.warning === undefined
      ? []
      : [`${inherited.warning}, also those of other configurations with this state folder`];
  } finally {
    await lock.release();
  }
}

/** Warns of pending reloads that no configuration has taken over for a day. */
function unclaimed(folder: string, tools: Tools): string[] {
  const files = pendingFileNames(folder, tools).map((name) => join(folder, name));
  const times = files.map((file) => {
    const modified = tools.files.facts(file)?.modified ?? tools.now;
    // Some file systems keep times that no clock has.
    return isInstant(modified) ? modified : 0;
  });
  const since = Math.min(...times);
  if (Math.abs(tools.now - since) < LIMITS.unclaimedReloads) return [];
  const { services, warning } = readPendingFiles(openPendingFolder(folder, tools), []);
  if (services.length === 0 && warning === undefined) return [];
  const what = services.join(', ') || 'some service';
  return [
    `no configuration has asked for the reload of ${what}, pending since ${formatInstant(since)}: ` +
      `reload it, then remove ${files.join(' and ')}`,
  ];
}
