import { join } from 'node:path';
import type { BackupPolicy } from '../configuration/model.js';
import type { Files } from '../system/interfaces/files.js';
import { newestFirst, parseBackupName, type BackupName } from './backups.js';
import { errno, failure } from './failure.js';
import { resolveTarget } from './target.js';

/** What there is to go back to. */
export interface BackupsFound {
  readonly folder: string;
  /** The newest first. */
  readonly backups: readonly BackupName[];
}

/**
 * Looks for the backups of a staple, by its absolute path. Also where backups are off: there may be some of before.
 * @throws OcspbotError `target-unsuitable`, `not-permitted`
 */
export function findBackups(path: string, policy: BackupPolicy, files: Files): BackupsFound {
  const target = resolveTarget(path, files);
  const folder = (policy.kind === 'on' ? policy.folder : undefined) ?? target.folder;
  const found = namesIn(folder, files)
    .flatMap((name) => parseBackupName(name) ?? [])
    .filter(({ name, of }) => of === target.name && isBackupFile(join(folder, name), files));
  return { folder, backups: newestFirst(found) };
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
