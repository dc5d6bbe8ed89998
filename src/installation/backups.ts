import { join } from 'node:path';
import type { BackupPolicy } from '../configuration/model.js';
import { describe } from '../util/errors.js';
import { errno, failure } from '../storage/errors.js';
import {
  type BackupName,
  type Folders,
  newestFirst,
  parseBackupName,
  prunePlan,
} from '../storage/folders.js';
import { backupPlace, type BackupPlace, type BackupSettings, formerPlace } from './backup-place.js';
import type { Tools } from '../storage/tools.js';
import type { Files } from '../system/system.js';
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

export type BackupsOn = Extract<BackupPolicy, { kind: 'on' }>;

/** Removes the backups of one file that the policy has no more use for; returns what went wrong. */
export async function pruneBackups(
  { folder, of }: BackupPlace,
  current: string | undefined,
  policy: BackupsOn,
  folders: Folders,
  tools: Tools,
): Promise<string[]> {
  const backups = folders
    .backups(folder, of)
    .filter(({ name }) => isBackupFile(join(folder, name), tools.files));
  const warnings: string[] = [];
  for (const name of prunePlan(backups, policy, tools.now, current)) {
    try {
      await tools.files.remove(join(folder, name));
      folders.removed(folder, of, name);
    } catch (error) {
      if (errno(error) !== 'ENOENT')
        warnings.push(`cannot remove the old backup ${join(folder, name)}: ${describe(error)}`);
    }
  }
  return warnings;
}
