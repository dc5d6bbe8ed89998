import { basename, dirname, join } from 'node:path';
import { describe } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { openStateFolder } from '../state/state-folder.js';
import { attempt, errno } from '../storage/errors.js';
import { backupName, type BackupName, type Folders } from '../storage/folders.js';
import {
  backupPlace,
  type BackupPlace,
  type BackupSettings,
  distinctName,
  formerPlace,
} from './backup-place.js';
import type { Tools } from '../storage/tools.js';
import { isBackupFile, pruneBackups } from './backups.js';
import { copyTo, holds, keepBackup, NO_LINKS } from './keep-backup.js';
import type { OldStaple } from './old-staple.js';
import type { Target } from './target.js';

/** What a run installs with. */
export interface InstallerSettings extends BackupSettings {
  /** The staples of the run, in its order; absolute. */
  readonly paths: readonly string[];
}

/** Keeps what is replaced. */
export interface Keeper {
  /** Returns the path of the backup; undefined where none is wanted, unless what is there `mustBeKept`. */
  keep(old: OldStaple, target: Target, mustBeKept: boolean, outcome: string): Promise<string | undefined>;
  /** Removes the backups that the policy has no more use for, and returns what went wrong. */
  tidy(target: Target, backup: string | undefined): Promise<string[]>;
}

export function createKeeper(settings: InstallerSettings, folders: Folders, tools: Tools): Keeper {
  const { backups, paths } = settings;
  const emptied = new Set<string>();
  /** Once for each folder: what lies beside the other staples in it is in the way as well. */
  const targetsBeside = ({ path, folder, name }: Target) => {
    if (emptied.has(folder)) return [{ path, folder, name }];
    emptied.add(folder);
    const beside = new Set([path, ...paths.filter((one) => dirname(one) === folder)]);
    return [...beside].map((one) => ({ path: one, folder, name: basename(one) }));
  };
  return {
    keep: async (old, target, mustBeKept, outcome) => {
      if (old.kind === 'none' || (backups.kind === 'off' && !mustBeKept)) return undefined;
      const place = backupPlace(target, settings);
      return attempt(`back up ${target.path} in ${place.folder}`, outcome, async () => {
        const { folder, of } = await openPlace(place, settings, tools);
        await folders.visit(folder);
        return join(folder, await keepBackup(old.snapshot, { folder, of }, folders, tools));
      });
    },
    tidy: async (target, backup) => {
      if (backups.kind === 'off' || backup === undefined) return [];
      const place = { folder: dirname(backup), of: backupPlace(target, settings).of };
      const warnings =
        backups.folder === undefined
          ? await moveFormerBackups(targetsBeside(target), place.folder, folders, tools)
          : [];
      return [...warnings, ...(await pruneBackups(place, basename(backup), backups, folders, tools))];
    },
  };
}

/** Its real folder, which is made when it is missing. */
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

// Earlier versions kept backups beside staples. HAProxy takes each file of a folder for a certificate, and does not start.

type Place = Pick<Target, 'path' | 'folder' | 'name'>;

/** Moves the backups of staples to the folder where they are kept now; returns what went wrong. */
async function moveFormerBackups(
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
