import { join } from 'node:path';
import { LIMITS } from '../util/limits.js';
import { parseTemporaryName, placeOf, type TemporaryName } from './names.js';
import type { Tools } from './tools.js';

/**
 * Removes the temporary files of dead runs from a folder that has these names in it. Two configurations may share
 * the folder, so a live run's files are told apart:
 * - Made on this host and pid namespace, and no process has that pid: its maker is dead, it goes at once.
 * - Otherwise the maker may live, or another process has its pid by now, or it was made in another container: it
 *   goes when it is far older than any installation takes.
 * Should it be needed after all, its run fails before the rename: the old staple stands.
 */
export async function removeStaleTemporaryFiles(
  folder: string,
  names: readonly string[],
  tools: Tools,
): Promise<void> {
  for (const name of names) {
    const temporary = parseTemporaryName(name);
    if (temporary !== undefined) await removeLeftover(join(folder, name), temporary, tools);
  }
}

async function removeLeftover(path: string, temporary: TemporaryName, tools: Tools): Promise<void> {
  try {
    if (isLeftover(path, temporary, tools)) await tools.files.remove(path);
  } catch {
    // It harms nobody, somebody else may have been faster, and the next run tries again.
  }
}

/** Of others' files only root removes any: it gave them away itself, to the owner of the old staple. */
function isLeftover(path: string, temporary: TemporaryName, { files, processes, now }: Tools): boolean {
  const facts = files.facts(path);
  if (facts?.kind !== 'file') return false;
  if (files.user !== 0 && files.user !== facts.owner) return false;
  if (makerIsDead(temporary, processes)) return true;
  // A file from the future was made before the clock was set right.
  return Math.abs(now - facts.modified) > LIMITS.temporaryFileAge;
}

function makerIsDead({ place, pid }: TemporaryName, processes: Tools['processes']): boolean {
  const { host } = processes.self;
  return place === placeOf(processes.self) && !processes.isAlive({ pid, started: '', host });
}
