import { join } from 'node:path';
import { describe } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { errno } from '../storage/errors.js';
import type { Tools } from '../storage/tools.js';
import type { System } from '../system/system.js';
import { formatInstant } from '../util/time.js';
import { acquireLock } from './lock.js';
import { foldersIn, type OwnState, readOrigin } from './own-folder.js';
import { namesOfDebts, openPendingFolder, readPendingFiles } from './pending-reload-files.js';
import { openPendingReloadStore, type PendingReloadStore } from './pending-reloads.js';
import { untilStruckOut } from './strike-out.js';

// Pending reloads that no run would ask for any more: those of earlier versions, which kept one list for all configurations
// of a state folder, and those of configurations that were renamed or removed. A run takes over the services that it knows.

export interface Heir {
  readonly ownState: OwnState;
  readonly stateFolder: string;
  /** The services that this configuration knows. */
  readonly services: readonly string[];
}

type Means = Tools & Pick<System, 'sleep'>;

/** Adds to the debt of the heir; returns warnings. Never throws. */
export async function inheritPendingReloads(
  heir: Heir,
  debt: PendingReloadStore,
  tools: Means,
): Promise<string[]> {
  const warnings: string[] = [];
  for (const folder of abandonedFolders(heir, tools)) {
    try {
      warnings.push(...(await inheritFrom(folder, heir, debt, tools)));
    } catch (error) {
      warnings.push(`cannot take over the reloads that are pending in ${folder}: ${describe(error)}`);
    }
  }
  return warnings;
}

function abandonedFolders({ ownState, stateFolder }: Heir, tools: Tools): string[] {
  const others = foldersIn(stateFolder, tools.files).filter((folder) => folder !== ownState.folder);
  const abandoned = others.filter((folder) => owes(folder, tools) && isAbandoned(folder, tools));
  // Earlier versions kept everything in the state folder itself.
  return owes(stateFolder, tools) ? [stateFolder, ...abandoned] : abandoned;
}

function owes(folder: string, tools: Tools): boolean {
  try {
    return namesOfDebts(folder, tools).length > 0;
  } catch {
    return false;
  }
}

/** A configuration that nobody may look at is there. */
function isAbandoned(folder: string, { files }: Tools): boolean {
  const origin = readOrigin(folder, files);
  if (origin === undefined) return false;
  try {
    files.resolve(origin.path);
    return false;
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(errno(error) ?? '');
  }
}

async function inheritFrom(
  folder: string,
  heir: Heir,
  debt: PendingReloadStore,
  tools: Means,
): Promise<string[]> {
  const fits = ({ services }: { readonly services: readonly string[] }) =>
    services.filter((service) => heir.services.includes(service));
  if (fits(readPendingFiles(openPendingFolder(folder, tools), heir.services)).length === 0)
    return unclaimed(folder, tools);
  const lock = await acquireLock(folder, tools);
  // A run of an earlier version is at work: it asks for its reloads itself.
  if (lock.kind === 'busy') return [];
  try {
    if (lock.predecessor === 'released') await untilStruckOut(folder, tools);
    const abandoned = openPendingReloadStore(folder, heir.services, tools);
    const owed = abandoned.read();
    await debt.record(fits(owed));
    await abandoned.pay(fits(owed));
    return owed.warning === undefined
      ? []
      : [`${owed.warning}, also those of other configurations with this state folder`];
  } finally {
    await lock.release();
  }
}

/** Another configuration has a day to take them over; after that a person has to. */
function unclaimed(folder: string, tools: Tools): string[] {
  const files = namesOfDebts(folder, tools).map((name) => join(folder, name));
  const times = files.map((file) => tools.files.facts(file)?.modified ?? tools.now);
  const since = Math.min(...times);
  if (Math.abs(tools.now - since) < LIMITS.unclaimedReloads) return [];
  const { services } = readPendingFiles(openPendingFolder(folder, tools), []);
  const what = services.join(', ') || 'some service';
  return [
    `no configuration has asked for the reload of ${what}, pending since ${formatInstant(since)}: ` +
      `reload it, then remove ${files.join(' and ')}`,
  ];
}
