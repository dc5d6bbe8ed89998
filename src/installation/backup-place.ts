import { basename, join } from 'node:path';
import { sha256 } from '../util/bytes.js';
import type { BackupPolicy } from '../configuration/model.js';
import type { Target } from './target.js';

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
  if (chosen !== undefined) return { folder: chosen, of: basename(path) };
  return { folder: backupFolder(stateFolder), of: distinctName(path) };
}

export function backupFolder(stateFolder: string): string {
  return join(stateFolder, 'backups');
}

/** Returns the place in which earlier versions kept the backups: beside the staple. */
export function formerPlace({ folder, name }: Pick<Target, 'folder' | 'name'>): BackupPlace {
  return { folder, of: name };
}

/** The bytes of a staple's name that are kept. A name may have 255, and that of a temporary file is longer. */
const LONGEST = 80;

/** Makes a name for a real path. It differs between staples of the same name in different folders. */
export function distinctName(path: string): string {
  const name = Buffer.from(basename(path)).subarray(0, LONGEST).toString('latin1');
  const readable = name.replaceAll(/[^\x20-\x7e]/g, '_');
  return `${readable}.${sha256(path).slice(0, 12)}`;
}
