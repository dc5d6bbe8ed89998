import { join } from 'node:path';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { errno, lacksHardLinks } from '../storage/errors.js';
import { backupName, nextNumber } from '../storage/backup-names.js';
import { temporaryPath } from '../storage/names.js';
import type { BackupPlace, BackupTools } from './backups.js';
import type { Tools } from '../storage/tools.js';
import type { Files, Snapshot } from '../system/system.js';
import { equalBytes } from '../util/bytes.js';

/**
 * Makes sure that a backup has the old bytes, and that it is on the disk. Returns its name. If the newest backup has these
 * bytes, no other is made: installations that fail again and again must not displace older backups.
 */
export async function keepBackup(old: Snapshot, place: BackupPlace, tools: BackupTools): Promise<string> {
  const { folder, of } = place;
  const { folders } = tools;
  const backups = folders.backups(folder, of);
  const newest = backups[0]?.name;
  const kept =
    newest !== undefined && holds(join(folder, newest), old.bytes, tools.files) ? newest : undefined;
  const name = kept ?? (await makeBackup(old, place, nextNumber(backups, tools.now), tools));
  await tools.files.syncFolder(folder);
  folders.added(folder, of, name);
  return name;
}

/** Makes a backup under a temporary name first, so that no file with the name of a backup is ever incomplete. */
async function makeBackup(old: Snapshot, place: BackupPlace, first: number, tools: Tools): Promise<string> {
  const { files } = tools;
  const temporary = temporaryPath(place.folder, place.of, tools);
  await copyTo(temporary, old, files);
  try {
    return await publish({ temporary, old, place, first }, tools);
  } finally {
    // A file that cannot be removed now is a stale one for the next run.
    await files.remove(temporary).catch(() => undefined);
  }
}

/** Writes a copy and reads it back: a disk may lie. */
export async function copyTo(path: string, { bytes, facts }: Snapshot, files: Files): Promise<void> {
  await files.create({ path, bytes, mode: facts.mode & 0o777, owner: facts.owner, group: facts.group });
  if (holds(path, bytes, files)) return;
  await files.remove(path).catch(() => undefined);
  throw new OcspbotError('read-back-differs', `the backup ${path} is not what was written to it`, {
    hint: 'look for disk errors in the kernel log; the old staple stands',
  });
}

interface NewBackup {
  readonly temporary: string;
  readonly old: Snapshot;
  readonly place: BackupPlace;
  /** The first number to try for a free name of this second. */
  readonly first: number;
}

/** Gives a backup the next free name of this second, or returns a name that has these bytes already. */
async function publish(
  { temporary, old, place: { folder, of }, first }: NewBackup,
  { files, now }: Tools,
): Promise<string> {
  for (let number = first; number <= LIMITS.backupsOfOneSecond; number++) {
    const name = backupName(of, now, number);
    try {
      await linkOrCopy(temporary, join(folder, name), old, files);
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

/** Links the temporary file to a name, or copies it on a file system without hard links. */
async function linkOrCopy(temporary: string, path: string, old: Snapshot, files: Files): Promise<void> {
  try {
    await files.link(temporary, path);
  } catch (error) {
    if (!lacksHardLinks(error)) throw error;
    await copyTo(path, old, files);
  }
}

/** Reports whether a path is a regular file with these bytes. */
export function holds(path: string, bytes: Uint8Array, files: Files): boolean {
  try {
    return equalBytes(files.snapshot(path, bytes.length).bytes, bytes);
  } catch (error) {
    if (errno(error) === undefined) throw error;
    return false;
  }
}
