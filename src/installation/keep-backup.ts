import { join } from 'node:path';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { errno } from '../storage/errors.js';
import { backupName, type Folders, nextNumber } from '../storage/folders.js';
import { temporaryPath } from '../storage/names.js';
import type { BackupPlace } from './backup-place.js';
import type { Tools } from '../storage/tools.js';
import type { Files, Snapshot } from '../system/system.js';
import { sameBytes } from './old-staple.js';

/** What link(2) says on file systems without hard links. */
export const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * Sees to it that the old bytes lie in a backup, and on the disk, and returns its name. When the newest backup has
 * these bytes it is the one: installations that fail again and again must not push out what is worth keeping.
 */
export async function keepBackup(
  old: Snapshot,
  { folder, of }: BackupPlace,
  folders: Folders,
  tools: Tools,
): Promise<string> {
  const backups = folders.backups(folder, of);
  const newest = backups[0]?.name;
  const kept =
    newest !== undefined && holds(join(folder, newest), old.bytes, tools.files) ? newest : undefined;
  const name = kept ?? (await makeBackup(old, of, folder, nextNumber(backups, tools.now), tools));
  await tools.files.syncFolder(folder);
  folders.added(folder, of, name);
  return name;
}

/** Under a temporary name first: nothing that has the name of a backup is ever half of one, or has other bytes. */
async function makeBackup(
  old: Snapshot,
  of: string,
  folder: string,
  first: number,
  tools: Tools,
): Promise<string> {
  const { files } = tools;
  const temporary = temporaryPath(folder, of, tools);
  await copyTo(temporary, old, files);
  try {
    return await nameBackup(old, of, folder, first, tools, async (path) => {
      try {
        await files.link(temporary, path);
      } catch (error) {
        if (!NO_LINKS.has(errno(error) ?? '')) throw error;
        await copyTo(path, old, files);
      }
    });
  } finally {
    // What cannot be removed now is left over from a dead run for the next one.
    await files.remove(temporary).catch(() => undefined);
  }
}

/** Reads it again, too: a disk may lie. */
export async function copyTo(path: string, { bytes, facts }: Snapshot, files: Files): Promise<void> {
  await files.create({ path, bytes, mode: facts.mode & 0o777, owner: facts.owner, group: facts.group });
  if (holds(path, bytes, files)) return;
  await files.remove(path).catch(() => undefined);
  throw new OcspbotError('read-back-differs', `the backup ${path} is not what was written to it`, {
    hint: 'look for disk errors in the kernel log; the old staple stands',
  });
}

/** The next free name of this second, or one that has these bytes already. */
async function nameBackup(
  old: Snapshot,
  of: string,
  folder: string,
  first: number,
  { files, now }: Tools,
  publish: (path: string) => Promise<void>,
): Promise<string> {
  for (let number = first; number <= LIMITS.backupsOfOneSecond; number++) {
    const name = backupName(of, now, number);
    try {
      await publish(join(folder, name));
      return name;
    } catch (error) {
      if (errno(error) !== 'EEXIST') throw error;
      if (holds(join(folder, name), old.bytes, files)) return name;
    }
  }
  throw new OcspbotError('write-failed', `${folder} has all backups of ${of} that one second can have`, {
    hint: 'wait a second; the old staple stands',
  });
}

/** Anything but a regular file with these bytes is no backup of them. */
export function holds(path: string, bytes: Uint8Array, files: Files): boolean {
  try {
    return sameBytes(files.snapshot(path, bytes.length).bytes, bytes);
  } catch (error) {
    if (errno(error) === undefined) throw error;
    return false;
  }
}
