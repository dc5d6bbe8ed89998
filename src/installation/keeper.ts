import { basename, dirname, join } from 'node:path';
import { backupPlace, type BackupPlace, type BackupSettings } from './backup-place.js';
import { attempt } from './failure.js';
import type { Folders } from './folders.js';
import { moveFormerBackups } from './former-backups.js';
import { keepBackup } from './keep-backup.js';
import type { OldStaple } from './old-staple.js';
import { pruneBackups } from './prune.js';
import { openStateFolder } from './state-folder.js';
import type { Target } from './target.js';
import type { Tools } from './tools.js';

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
