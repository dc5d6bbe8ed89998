import { backedUpName, type BackupName, newestFirst, parseBackupName } from './backup-names.js';
import { failure } from './errors.js';
import { removeStaleTemporaryFiles } from './temporary-files.js';
import type { Tools } from './tools.js';

/** The names of the backups in a folder, by the name of the file that was backed up. */
type Shelf = Map<string, Set<string>>;

/**
 * The folders that a run installs to. Each is listed, and freed of stale temporary files, only once, even if ten thousand
 * staples are installed to it.
 */
export interface Folders {
  visit(folder: string): Promise<void>;
  /** Returns the backups of a file in a folder that was visited, the newest first. */
  backups(folder: string, of: string): BackupName[];
  added(folder: string, of: string, backup: string): void;
  removed(folder: string, of: string, backup: string): void;
}

export function createFolders(tools: Tools): Folders {
  const shelves = new Map<string, Shelf>();
  const slot = (folder: string, of: string): Set<string> => slotOf(shelves.get(folder) ?? new Map(), of);
  return {
    async visit(folder) {
      if (shelves.has(folder)) return;
      const names = listed(folder, tools);
      shelves.set(folder, shelfOf(names));
      await removeStaleTemporaryFiles(folder, names, tools);
    },
    backups: (folder, of) =>
      newestFirst([...slot(folder, of)].flatMap((name) => parseBackupName(name) ?? [])),
    added: (folder, of, backup) => void slot(folder, of).add(backup),
    removed: (folder, of, backup) => void slot(folder, of).delete(backup),
  };
}

function listed(folder: string, { files }: Tools): string[] {
  try {
    return files.list(folder);
  } catch (error) {
    throw failure(`list the folder ${folder}`, error, 'nothing was changed');
  }
}

function shelfOf(names: readonly string[]): Shelf {
  const shelf: Shelf = new Map();
  for (const name of names) {
    const of = backedUpName(name);
    if (of !== undefined) slotOf(shelf, of).add(name);
  }
  return shelf;
}

function slotOf(shelf: Shelf, of: string): Set<string> {
  const slot = shelf.get(of) ?? new Set<string>();
  shelf.set(of, slot);
  return slot;
}
