import { join } from 'node:path';
import type { BackupPolicy } from '../configuration/model.js';
import { describe } from '../errors.js';
import { prunePlan } from './backups.js';
import type { BackupPlace } from './backup-place.js';
import { errno } from './failure.js';
import { isBackupFile } from './find-backups.js';
import type { Folders } from './folders.js';
import type { Tools } from './tools.js';

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
