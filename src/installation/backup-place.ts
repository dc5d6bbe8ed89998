import { basename, join } from 'node:path';
import { sha256 } from '../util/bytes.js';
import type { BackupPolicy } from '../configuration/model.js';
import type { Target } from './target.js';

/** Where the backups of a staple lie, and the name before the times in their names. */
export interface BackupPlace {
  readonly folder: string;
  readonly of: string;
}

/** What the place depends on. */
export interface BackupSettings {
  readonly backups: BackupPolicy;
  readonly stateFolder: string;
}

/** Below the state folder, as a server may read the staple's own folder as a whole, unless a folder was chosen. */
export function backupPlace({ path }: Pick<Target, 'path'>, settings: BackupSettings): BackupPlace {
  const { backups, stateFolder } = settings;
  const chosen = backups.kind === 'on' ? backups.folder : undefined;
  if (chosen !== undefined) return { folder: chosen, of: basename(path) };
  return { folder: backupFolder(stateFolder), of: distinctName(path) };
}

export function backupFolder(stateFolder: string): string {
  return join(stateFolder, 'backups');
}

/** Earlier versions kept them beside the staple. */
export function formerPlace({ folder, name }: Pick<Target, 'folder' | 'name'>): BackupPlace {
  return { folder, of: name };
}

/** Octets of a staple's name that stay: a name may have 255, also of a temporary file. */
const LONGEST = 80;

/** Stands for a real path: two staples of one name in different folders have different ones. */
export function distinctName(path: string): string {
  const name = Buffer.from(basename(path)).subarray(0, LONGEST).toString('latin1');
  const readable = name.replaceAll(/[^\x20-\x7e]/g, '_');
  return `${readable}.${sha256(path).slice(0, 12)}`;
}
