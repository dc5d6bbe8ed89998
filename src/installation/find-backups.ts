import { join } from 'node:path';
import type { Files } from '../system/interfaces/files.js';
import { newestFirst, parseBackupName, type BackupName } from './backups.js';
import { backupPlace, formerPlace, type BackupPlace, type BackupSettings } from './backup-place.js';
import { errno, failure } from './failure.js';
import { resolveTarget } from './target.js';

/** What there is to go back to. */
export interface BackupsFound {
  /** Where backups are kept now. */
  readonly folder: string;
  /** The newest first. */
  readonly backups: readonly FoundBackup[];
}

export type FoundBackup = BackupName & { readonly path: string };

/**
 * Looks for the backups of a staple, by its absolute path, also where earlier versions kept them. Also where backups are
 * off: there may be some of before.
 * @throws OcspbotError `target-unsuitable`, `not-permitted`
 */
export function findBackups(path: string, settings: BackupSettings, files: Files): BackupsFound {
  const target = resolveTarget(path, files);
  const [now, former] = [backupPlace(target, settings), formerPlace(target)];
  const isSame = now.of === former.of && realPathOf(now.folder, files) === former.folder;
  const places = isSame ? [now] : [now, former];
  return { folder: now.folder, backups: newestFirst(places.flatMap((place) => backupsIn(place, files))) };
}

function realPathOf(folder: string, files: Files): string {
  try {
    return files.resolve(folder);
  } catch {
    return folder;
  }
}

function backupsIn({ folder, of }: BackupPlace, files: Files): FoundBackup[] {
  return namesIn(folder, files)
    .flatMap((name) => parseBackupName(name) ?? [])
    .map((backup) => ({ ...backup, path: join(folder, backup.name) }))
    .filter((backup) => backup.of === of && isBackupFile(backup.path, files));
}

function namesIn(folder: string, files: Files): string[] {
  try {
    return files.list(folder);
  } catch (error) {
    if (errno(error) === 'ENOENT') return [];
    throw failure(`list the folder ${folder}`, error, 'nothing was changed');
  }
}

/** A folder or link with such a name is somebody else's, and counts for nothing. */
export function isBackupFile(path: string, files: Pick<Files, 'facts'>): boolean {
  try {
    return files.facts(path)?.kind === 'file';
  } catch {
    return false;
  }
}
