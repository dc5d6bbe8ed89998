import { basename, dirname, join } from 'node:path';
import { LIMITS } from '../util/limits.js';
import { parseTemporaryName, placeOf, type TemporaryName, temporaryPath } from './names.js';
import type { FileFacts } from '../system/system.js';
import type { Tools } from './tools.js';

interface Replacement {
  /**
   * The facts of the file in place, whose mode, owner and group are kept, because an administrator may have changed them.
   * Otherwise all may read the file.
   */
  readonly existing?: Pick<FileFacts, 'mode' | 'owner' | 'group'> | undefined;
  /** Is called when the new file is complete. */
  beforeRename?(): Promise<void>;
}

/** Makes or replaces one of our own files in one step. It survives a power cut when its folder is synced. */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  tools: Tools,
  { existing, beforeRename }: Replacement = {},
): Promise<void> {
  const { files } = tools;
  const temporary = temporaryPath(dirname(path), basename(path), tools);
  const { mode, owner, group } = existing ?? { mode: 0o644 };
  await files.create({ path: temporary, bytes: Buffer.from(content), mode: mode & 0o777, owner, group });
  try {
    await beforeRename?.();
    await files.rename(temporary, path);
  } catch (error) {
    // A file that cannot be removed now is a stale one for the next run.
    await files.remove(temporary).catch(() => undefined);
    throw error;
  }
}

/**
 * Removes the temporary files of dead runs from a folder. `names` are all names in it. Two configurations may share the
 * folder, so the files of a running process must stay:
 * - A file of this host and pid namespace is removed at once if no process has its pid: its maker is dead.
 * - Any other file is removed when it is far older than an installation takes. Its process may still run, another process
 *   may have the pid by now, or the file may come from another container.
 * If a removed file was needed after all, its run fails before the rename, and the old staple stands.
 */
export async function removeStaleTemporaryFiles(
  folder: string,
  names: readonly string[],
  tools: Tools,
): Promise<void> {
  for (const name of names) {
    const temporary = parseTemporaryName(name);
    if (temporary !== undefined) await removeIfStale(join(folder, name), temporary, tools);
  }
}

async function removeIfStale(path: string, temporary: TemporaryName, tools: Tools): Promise<void> {
  try {
    if (isStale(path, temporary, tools)) await tools.files.remove(path);
  } catch {
    // A stale file does no harm. Another run may have been faster, or the next one tries again.
  }
}

/** Reports whether a file is stale. Only root removes files of others: it gave them to the owner of the old staple. */
function isStale(path: string, temporary: TemporaryName, { files, processes, now }: Tools): boolean {
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
