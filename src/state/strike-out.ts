import { join } from 'node:path';
import { LIMITS } from '../util/limits.js';
import { errno, failure } from '../storage/errors.js';
import { PENDING_FILE, setApartName, isSetApartName } from '../storage/names.js';
import type { Tools } from '../storage/tools.js';
import type { System } from '../system/system.js';
import {
  type PendingFolder,
  gatherPendingReloads,
  pendingFileNames,
  type PendingNames,
  replacePendingFile,
  without,
} from './pending-reload-files.js';

// Pending reloads of which the caller was told are struck out in two steps: while the lock is held they are moved to a
// file of their own, and after the release this file is removed.

/** Removes the file of the told reloads, as the last act of a run. Throws an OcspbotError. */
export type StrikeOut = () => void;

export const ONCE_MORE = 'the services may be reloaded once more';

/** Moves the told reloads to a file of their own, and returns the function that removes it. */
export async function setApart(
  folder: PendingFolder,
  read: () => PendingNames,
  told: ReadonlySet<string>,
): Promise<StrikeOut> {
  const { tools } = folder;
  if (told.size === 0) return () => undefined;
  const pending = read();
  const left = without(pending, told);
  if (left.size === pending.services.length) return () => undefined;
  const [name, ...others] = folder.names();
  if (name !== PENDING_FILE || others.length > 0)
    await gatherPendingReloads(folder, new Set(pending.services));
  const path = join(folder.path, setApartName(tools.randomBytes(8)));
  await tools.files.rename(join(folder.path, PENDING_FILE), path);
  if (left.size > 0) {
    await replacePendingFile(folder, left);
    // This file must be on the disk before the other one is removed.
    await tools.files.syncFolder(folder.path);
  }
  return () => removeAtOnce(path, tools);
}

function removeAtOnce(path: string, { files }: Tools): void {
  try {
    files.removeAtOnce(path);
  } catch (error) {
    // The next run has taken the file over already.
    if (errno(error) !== 'ENOENT') throw failure(`remove ${path}`, error, ONCE_MORE);
  }
}

/**
 * Waits until the run before has struck out what it told its caller. It has released the lock and is about to do so; if
 * this run read the file now, the caller would be told twice. A file that stays longer belongs to a run that was killed.
 */
export async function untilStruckOut(folder: string, tools: Tools & Pick<System, 'sleep'>): Promise<void> {
  const { strikeOut, strikeOutPause } = LIMITS;
  for (let waited = 0; waited < strikeOut && isSetApart(folder, tools); waited += strikeOutPause)
    await tools.sleep(strikeOutPause);
}

function isSetApart(folder: string, tools: Tools): boolean {
  try {
    return pendingFileNames(folder, tools).some(isSetApartName);
  } catch {
    // The function that reads the files reports why.
    return false;
  }
}
