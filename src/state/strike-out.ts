import { join } from 'node:path';
import { LIMITS } from '../util/limits.js';
import { errno, failure } from '../storage/errors.js';
import { DEBT_FILE, debtSetApart, isSetApartName } from '../storage/names.js';
import type { Tools } from '../storage/tools.js';
import type { System } from '../system/system.js';
import {
  type PendingFolder,
  gatherPendingReloads,
  namesOfDebts,
  type PendingNames,
  replacePendingFile,
  without,
} from './pending-reload-files.js';

// The end of a debt that the caller has been told: set apart while the lock is held, struck out after that.

/** The last act of a run. Throws an OcspbotError. */
export type StrikeOut = () => void;

export const ONCE_MORE = 'the services may be reloaded once more';

export async function setApart(
  folder: PendingFolder,
  read: () => PendingNames,
  told: ReadonlySet<string>,
): Promise<StrikeOut> {
  const { tools } = folder;
  if (told.size === 0) return () => undefined;
  const owed = read();
  const left = without(owed, told);
  if (left.size === owed.services.length) return () => undefined;
  const [name, ...others] = folder.names();
  if (name !== DEBT_FILE || others.length > 0) await gatherPendingReloads(folder, new Set(owed.services));
  const path = join(folder.path, debtSetApart(tools.randomBytes(8)));
  await tools.files.rename(join(folder.path, DEBT_FILE), path);
  if (left.size > 0) {
    await replacePendingFile(folder, left);
    // Before that is removed, as above.
    await tools.files.syncFolder(folder.path);
  }
  return () => removeAtOnce(path, tools);
}

function removeAtOnce(path: string, { files }: Tools): void {
  try {
    files.removeAtOnce(path);
  } catch (error) {
    // The next run was there already, and has taken it over.
    if (errno(error) !== 'ENOENT') throw failure(`remove ${path}`, error, ONCE_MORE);
  }
}

/**
 * The run before has released the lock and told its caller, and is about to strike that out. Were it read now, it would be
 * told twice; what is left after a moment belongs to a run that was killed here.
 */
export async function untilStruckOut(folder: string, tools: Tools & Pick<System, 'sleep'>): Promise<void> {
  const { strikeOut, strikeOutPause } = LIMITS;
  for (let waited = 0; waited < strikeOut && isSetApart(folder, tools); waited += strikeOutPause)
    await tools.sleep(strikeOutPause);
}

function isSetApart(folder: string, tools: Tools): boolean {
  try {
    return namesOfDebts(folder, tools).some(isSetApartName);
  } catch {
    // Who reads the debt says why.
    return false;
  }
}
