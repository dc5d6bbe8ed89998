import { basename, dirname, join } from 'node:path';
import { describe } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { openStateFolder } from '../state/state-folder.js';
import { doStep, errno, lacksHardLinks } from '../storage/errors.js';
import { backupName, type BackupName } from '../storage/backup-names.js';
import {
  backupPlace,
  type BackupPlace,
  type BackupSettings,
  distinctName,
  formerPlace,
  type BackupTools,
  isBackupFile,
  pruneBackups,
} from './backups.js';
import type { Tools } from '../storage/tools.js';
import { copyTo, holds, keepBackup } from './keep-backup.js';
import type { OldStaple } from './old-staple.js';
import type { Target } from './target.js';

/** The settings of the installations of a run. */
export interface InstallerSettings extends BackupSettings {
  /** The absolute paths of the run's staples, in its order. */
  readonly paths: readonly string[];
}

/** The keeper of the staples that are replaced. */
export interface BackupKeeper {
  /** Backs up the old staple, and returns the path of the backup; undefined if none is wanted and none `mustBeKept`. */
  keep(old: OldStaple, target: Target, mustBeKept: boolean, consequence: string): Promise<string | undefined>;
  /** Removes the backups that the policy does not keep. Returns what went wrong. */
  prune(target: Target, backup: string | undefined): Promise<string[]>;
}

export function createKeeper(settings: InstallerSettings, tools: BackupTools): BackupKeeper {
  const { backups, paths } = settings;
  const emptied = new Set<string>();
  /** Returns, once for each folder, all staples in it: the former backups of each have to be moved away. */
  const targetsBeside = ({ path, folder, name }: Target) => {
    if (emptied.has(folder)) return [{ path, folder, name }];
    emptied.add(folder);
    const beside = new Set([path, ...paths.filter((one) => dirname(one) === folder)]);
    return [...beside].map((one) => ({ path: one, folder, name: basename(one) }));
  };
  return {
    keep: async (old, target, mustBeKept, consequence) => {
      if (old.kind === 'none' || (backups.kind === 'off' && !mustBeKept)) return undefined;
      const place = backupPlace(target, settings);
      return doStep(`back up ${target.path} in ${place.folder}`, consequence, async () => {
        const { folder, of } = await openPlace(place, settings, tools);
        await tools.folders.visit(folder);
        return join(folder, await keepBackup(old.snapshot, { folder, of }, tools));
      });
    },
    prune: async (target, backup) => {
      if (backups.kind === 'off' || backup === undefined) return [];
      const place = { folder: dirname(backup), of: backupPlace(target, settings).of };
      const warnings =
        backups.folder === undefined
          ? await moveFormerBackups(targetsBeside(target), place.folder, tools)
          : [];
      return [...warnings, ...(await pruneBackups(place, basename(backup), backups, tools))];
    },
  };
}

/** Makes the folder of the backups if it is missing, and returns its real path. */
async function openPlace(
  { folder, of }: BackupPlace,
  { backups }: InstallerSettings,
  tools: Tools,
): Promise<BackupPlace> {
  const isChosen = backups.kind === 'on' && backups.folder !== undefined;
  if (!isChosen) return { folder: await openStateFolder(folder, tools), of };
  await tools.files.makeFolder(folder, 0o755);
  return { folder, of };
}

// Earlier versions kept backups beside the staples. HAProxy takes each file of a folder for a certificate, so it does not
// start when backups are there.

type Place = Pick<Target, 'path' | 'folder' | 'name'>;

/** Moves the backups of staples to the folder where they are kept now. Returns what went wrong. */
async function moveFormerBackups(
  targets: readonly Place[],
  folder: string,
  tools: BackupTools,
): Promise<string[]> {
  const warnings: string[] = [];
  for (const target of targets) {
    const [from, to] = [formerPlace(target), { folder, of: distinctName(target.path) }];
    const former = tools.folders.backups(from.folder, from.of);
    const wanted = former.filter(({ name }) => isBackupFile(join(from.folder, name), tools.files));
    if (wanted.length === 0) continue;
    try {
      await move(wanted, from, to, tools);
    } catch (error) {
      warnings.push(`cannot move the backups of ${target.path} to ${to.folder}: ${describe(error)}`);
    }
  }
  return warnings;
}

/** Moves backups to another place. None is removed before its copy is on the disk. */
async function move(
  backups: readonly BackupName[],
  from: BackupPlace,
  to: BackupPlace,
  { files, folders }: BackupTools,
): Promise<void> {
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

/** Publishes a backup under a new name, and reports whether the new name has its bytes. If not, both files stay. */
async function isPublished(from: string, to: string, files: Tools['files']): Promise<boolean> {
  try {
    await files.link(from, to);
    return true;
  } catch (error) {
    const code = errno(error);
    const snapshot = files.snapshot(from, LIMITS.backupFile);
    if (code === 'EEXIST') return holds(to, snapshot.bytes, files);
    if (code !== 'EXDEV' && !lacksHardLinks(error)) throw error;
    await copyTo(to, snapshot, files);
    return true;
  }
}
