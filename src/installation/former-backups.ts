import { join } from 'node:path';
import { LIMITS } from '../defaults.js';
import { describe } from '../errors.js';
import { backupName, type BackupName } from './backups.js';
import { distinctName, formerPlace, type BackupPlace } from './backup-place.js';
import { errno } from './failure.js';
import { isBackupFile } from './find-backups.js';
import type { Folders } from './folders.js';
import { copyTo, holds, NO_LINKS } from './keep-backup.js';
import type { Target } from './target.js';
import type { Tools } from './tools.js';

// Earlier versions kept backups beside staples. HAProxy takes each file of a folder for a certificate, and does not start.

type Place = Pick<Target, 'path' | 'folder' | 'name'>;

/** Moves the backups of staples to the folder where they are kept now; returns what went wrong. */
export async function moveFormerBackups(
  targets: readonly Place[],
  folder: string,
  folders: Folders,
  tools: Tools,
): Promise<string[]> {
  const warnings: string[] = [];
  for (const target of targets) {
    const [from, to] = [formerPlace(target), { folder, of: distinctName(target.path) }];
    const former = folders.backups(from.folder, from.of);
    const wanted = former.filter(({ name }) => isBackupFile(join(from.folder, name), tools.files));
    if (wanted.length === 0) continue;
    try {
      await move(wanted, from, to, folders, tools);
    } catch (error) {
      warnings.push(`cannot move the backups of ${target.path} to ${to.folder}: ${describe(error)}`);
    }
  }
  return warnings;
}

/** None goes before its copy is on the disk. */
async function move(
  backups: readonly BackupName[],
  from: BackupPlace,
  to: BackupPlace,
  folders: Folders,
  tools: Tools,
): Promise<void> {
  const { files } = tools;
  const moved: [old: string, name: string][] = [];
  for (const { name: old, made, number } of backups) {
    const name = backupName(to.of, made, number);
    if (await isPublished(join(from.folder, old), join(to.folder, name), files)) moved.push([old, name]);
  }
  await files.syncFolder(to.folder);
  for (const [old, name] of moved) {
    folders.added(to.folder, to.of, name);
    await files.remove(join(from.folder, old));
    folders.removed(from.folder, from.of, old);
  }
}

/** Whether the new name stands for the same octets now. Another file of that name stays, and so does the old one. */
async function isPublished(from: string, to: string, files: Tools['files']): Promise<boolean> {
  try {
    await files.link(from, to);
    return true;
  } catch (error) {
    const code = errno(error) ?? '';
    const snapshot = files.snapshot(from, LIMITS.backupFile);
    if (code === 'EEXIST') return holds(to, snapshot.bytes, files);
    if (code !== 'EXDEV' && !NO_LINKS.has(code)) throw error;
    await copyTo(to, snapshot, files);
    return true;
  }
}
