import { describe, OcspbotError } from '../util/errors.js';
import { bytesOf } from '../ocsp/pem-chain.js';
import { doStep } from '../storage/errors.js';
import { createFolders, type Folders } from '../storage/folders.js';
import { backupFolder } from './backups.js';
import type { Tools } from '../storage/tools.js';
import { equalBytes } from '../util/bytes.js';
import { type BackupKeeper, createKeeper, type InstallerSettings } from './backup-keeper.js';
import type { AttributeReader, AttributesFound } from './extended-attributes.js';
import { lookAtOldStaple, type OldStaple, refuseChanged } from './old-staple.js';
import { lookAgain, resolveTarget, type Target } from './target.js';
import { writeTemporary } from './temporary-file.js';
import type { Installation, Installed, Installer } from './types.js';

/** The means that all installations of a run share. */
interface Means {
  readonly settings: InstallerSettings;
  readonly tools: Tools;
  readonly folders: Folders;
  readonly attributeReader: AttributeReader;
  readonly keeper: BackupKeeper;
  /** The problems of the machine about which a warning was given already. */
  readonly told: Set<string>;
  /** The folders with renames that may not be on the disk yet. */
  readonly unsynced: Set<string>;
}

/** Opens the installer of a run. Its caller announces installations to the reader of attributes. */
export function openInstaller(
  settings: InstallerSettings,
  attributeReader: AttributeReader,
  tools: Tools,
): Omit<Installer, 'expect'> {
  const folders = createFolders(tools);
  const keeper = createKeeper(settings, { ...tools, folders });
  const unsynced = new Set<string>();
  const means = { settings, tools, folders, attributeReader, keeper, told: new Set<string>(), unsynced };
  return {
    install: (installation) => install(installation, means),
    settle: () => settle(means),
    removeStaleTemporaryFiles: (paths) => removeStale(paths, means),
  };
}

/** Installs one response. Until the rename an error leaves the old staple in place. */
async function install(installation: Installation, means: Means): Promise<Installed> {
  const { tools, keeper, settings } = means;
  const inspected = await inspectTarget(installation, means);
  const { target, old, consequence } = inspected;
  const replaced = old.kind === 'file' ? old.snapshot.bytes : undefined;
  const mustBeKept = replaced !== undefined && installation.mustBeKept(replaced);
  const bytes = bytesOf(installation);
  const temporary = await writeTemporary({ bytes, ...inspected }, means.attributeReader, tools);
  const backup = await removeOnError(temporary, tools, async () => {
    await readBack(temporary, bytes, inspected, tools);
    refuseObjection(installation, old);
    return await keeper.keep(old, target, mustBeKept, consequence);
  });
  await replace(temporary, installation, inspected, tools);
  means.unsynced.add(target.folder);
  const isTold = mustBeKept && settings.backups.kind === 'off';
  const unknown = isTold ? [`nobody knows what was in ${target.path}: it is kept in ${backup}`] : [];
  // The new staple is in place by now, so backups that cannot be pruned are only a warning.
  const unpruned = await keeper.prune(target, backup);
  const warnings = [...attributeWarnings(inspected, means), ...unknown, ...unpruned];
  return { kind: 'installed', path: target.path, replaced, backup, warnings };
}

/** The target of an installation, as it was before. */
interface InspectedTarget {
  readonly target: Target;
  readonly old: OldStaple;
  readonly attributes: AttributesFound;
  /** The state that follows if a step fails, in words. */
  readonly consequence: string;
}

async function inspectTarget(
  { path }: Installation,
  { tools, folders, attributeReader }: Means,
): Promise<InspectedTarget> {
  const target = resolveTarget(path, tools.files);
  await folders.visit(target.folder);
  const old = lookAtOldStaple(target, tools.files);
  const consequence = old.kind === 'none' ? 'nothing was changed' : 'the old staple stands';
  return { target, old, consequence, attributes: await attributeReader.of(path, target) };
}

/** Does a step, and removes the temporary file if it fails. A file that cannot be removed is a stale one for the next run. */
async function removeOnError<T>(temporary: string, { files }: Tools, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    await files.remove(temporary).catch(() => undefined);
    throw error;
  }
}

/** Checks that the bytes on the disk are those that were verified. */
async function readBack(
  temporary: string,
  written: Uint8Array,
  { consequence }: InspectedTarget,
  { files }: Tools,
): Promise<void> {
  const bytes = await doStep(`read back ${temporary}`, consequence, () =>
    files.read(temporary, written.length),
  );
  if (equalBytes(bytes, written)) return;
  throw new OcspbotError('read-back-differs', `${temporary} is not what was written to it`, {
    hint: `look for disk errors in the kernel log; ${consequence}`,
  });
}

function refuseObjection(installation: Installation, old: OldStaple): void {
  const refusal = installation.objectionNow(old.kind === 'file' ? old.snapshot.bytes : undefined);
  if (refusal !== undefined) throw refusal;
}

/**
 * Renames the temporary file to the staple. On NFS a rename that reported an error may have taken place. If the temporary
 * file can still be removed, it has not.
 */
async function replace(
  temporary: string,
  installation: Installation,
  { target, old, consequence }: InspectedTarget,
  tools: Tools,
): Promise<void> {
  const { files } = tools;
  await removeOnError(temporary, tools, () => installation.beforeRename());
  try {
    refuseChanged(lookAgain(installation.path, target, files), old, files);
    await doStep(`rename ${temporary} to ${target.path}`, consequence, () =>
      files.rename(temporary, target.path),
    );
  } catch (error) {
    const isRemoved = await files.remove(temporary).then(
      () => true,
      () => false,
    );
    if (isRemoved) await installation.afterFailure();
    throw error;
  }
}

/** Warns of attributes that cannot be listed. Each problem is reported once in a run, because it concerns the machine. */
function attributeWarnings({ attributes, old, target }: InspectedTarget, { told }: Means): string[] {
  if (attributes.kind === 'known' || old.kind === 'none' || told.has(attributes.problem)) return [];
  told.add(attributes.problem);
  return [
    `nobody could tell whether ${target.path} had an access control list or extended attributes, which are lost if it had (GNU tar is needed): ${attributes.problem}`,
  ];
}

async function settle({ unsynced, tools: { files } }: Means): Promise<string[]> {
  const warnings = await Promise.all(
    [...unsynced].map((folder) =>
      files.syncFolder(folder).then(
        () => [],
        (error: unknown) => [
          `responses were installed in ${folder}, but a power cut may undo that: cannot sync the folder: ${describe(error)}`,
        ],
      ),
    ),
  );
  unsynced.clear();
  return warnings.flat();
}

/** Visits the folders of staples and of backups. A visit removes stale temporary files. */
async function removeStale(paths: readonly string[], { settings, tools, folders }: Means): Promise<void> {
  const own =
    (settings.backups.kind === 'on' && settings.backups.folder) || backupFolder(settings.stateFolder);
  const places = paths.map((path) => () => resolveTarget(path, tools.files).folder);
  for (const place of [...places, () => own]) {
    try {
      await folders.visit(place());
    } catch {
      // A folder that cannot be listed keeps its stale files. An installation to it will report why.
    }
  }
}
