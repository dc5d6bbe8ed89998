import { basename, join } from 'node:path';
import type { BackupPolicy } from '../configuration/model.js';
import { describe } from '../util/errors.js';
import { errno, failure } from '../storage/errors.js';
import type { Folders } from '../storage/folders.js';
import {
  type BackupName,
  canBeginBackups,
  newestFirst,
  parseBackupName,
  prunePlan,
} from '../storage/backup-names.js';
import type { Tools } from '../storage/tools.js';
import type { Files } from '../system/system.js';
import { resolveTarget, type Target } from './target.js';
import { sha256 } from '../util/bytes.js';

/** The folder of a staple's backups, and the part of their names before the time. */
export interface BackupPlace {
  readonly folder: string;
  readonly of: string;
}

/** The settings that decide the place of backups. */
export interface BackupSettings {
  readonly backups: BackupPolicy;
  readonly stateFolder: string;
}

/**
 * Returns the place of a staple's backups: the configured folder, or else one below the state folder. The staple's own
 * folder is not used because a server may read all its files.
 */
export function backupPlace({ path }: Pick<Target, 'path'>, settings: BackupSettings): BackupPlace {
  const { backups, stateFolder } = settings;
  const chosen = backups.kind === 'on' ? backups.folder : undefined;
  if (chosen !== undefined) return { folder: chosen, of: shortName(path) };
  return { folder: backupFolder(stateFolder), of: distinctName(path) };
}

export function backupFolder(stateFolder: string): string {
  return join(stateFolder, 'backups');
}

/** Returns the place in which earlier versions kept the backups: beside the staple. */
export function formerPlace({ folder, name }: Pick<Target, 'folder' | 'name'>): BackupPlace {
  return { folder, of: name };
}

/** Returns the name of a staple for its backups in a folder of its own, or a shorter name if it is too long for that. */
function shortName(path: string): string {
  const name = basename(path);
  return canBeginBackups(name) ? name : distinctName(path);
}

/** The number of bytes of a staple's name that are kept. The name of a backup, which also has the time, may have 255. */
const LONGEST = 80;

/** Makes a name for a real path. It differs between staples of the same name in different folders. */
export function distinctName(path: string): string {
  const name = Buffer.from(basename(path)).subarray(0, LONGEST).toString('latin1');
  const readable = name.replaceAll(/[^\x20-\x7e]/g, '_');
  return `${readable}.${sha256(path).slice(0, 12)}`;
}

/** The backups of a staple. */
export interface BackupsFound {
  /** The folder in which backups are kept now. */
  readonly folder: string;
  /** The backups, the newest first. */
  readonly backups: readonly FoundBackup[];
}

export type FoundBackup = BackupName & { readonly path: string };

/**
 * Finds the backups of a staple by its absolute path, including those in the place of earlier versions. Backups may exist
 * even if they are turned off now.
 *
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

/** Reports whether a path is a regular file. A folder or link with the name of a backup is not ours. */
export function isBackupFile(path: string, files: Pick<Files, 'facts'>): boolean {
  try {
    return files.facts(path)?.kind === 'file';
  } catch {
    return false;
  }
}

export type BackupsOn = Extract<BackupPolicy, { kind: 'on' }>;

export interface BackupTools extends Tools {
  readonly folders: Folders;
}

/** Removes the backups of one file that the policy does not keep. Returns what went wrong. */
export async function pruneBackups(
  { folder, of }: BackupPlace,
  current: string | undefined,
  policy: BackupsOn,
  { folders, ...tools }: BackupTools,
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
