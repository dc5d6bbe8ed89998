import { basename, join } from 'node:path';
import type { BackupPolicy } from '../configuration/model.js';
import { describe, OcspbotError } from '../errors.js';
import type { VerifiedResponse } from '../verification/verify.js';
import { attempt } from './failure.js';
import { createFolders, type Folders } from './folders.js';
import { keepBackup } from './keep-backup.js';
import { temporaryPath } from './names.js';
import { lookAtOldStaple, refuseChanged, sameBytes, type OldStaple } from './old-staple.js';
import { pruneBackups } from './prune.js';
import { lookAgain, resolveTarget, type Target } from './target.js';
import type { Tools } from './tools.js';

export interface Installation {
  readonly response: VerifiedResponse;
  /** Absolute; links in it are followed. */
  readonly path: string;
  /** Objects to the installation over these octets (undefined: none, or unreadable). The new ones were read back. */
  judgeAgain(inPlace: Uint8Array | undefined): OcspbotError | undefined;
  /** Writes the reload debt; nothing has been changed yet, and nothing will be when it fails. */
  beforeRename(): Promise<void>;
}

export interface Installed {
  readonly kind: 'installed';
  /** The real file. */
  readonly path: string;
  /** Undefined where there was nothing, or nothing that could be read. */
  readonly replaced: Uint8Array | undefined;
  /** Where these bytes are kept. */
  readonly backup: string | undefined;
  /** What went wrong after the new staple was in place. */
  readonly warnings: readonly string[];
}

export interface Installer {
  /**
   * Puts a response where the server staples it from, in one step or not at all.
   * @throws OcspbotError `target-unsuitable`, `no-space`, `not-permitted`, `read-only`, `write-failed`,
   * `read-back-differs`, `file-too-large`, or what `judgeAgain` and `beforeRename` give: then the old staple stands
   */
  install(installation: Installation): Promise<Installed>;
  /** Removes what a dead run has left beside staples, by their absolute paths, and among backups. Never throws. */
  tidy(paths: readonly string[]): Promise<void>;
}

interface Run {
  readonly tools: Tools;
  readonly backups: BackupPolicy;
  readonly folders: Folders;
}

/** One for a run. */
export function createInstaller(tools: Tools, backups: BackupPolicy): Installer {
  const run = { tools, backups, folders: createFolders(tools) };
  return { install: (installation) => install(installation, run), tidy: (paths) => tidy(paths, run) };
}

async function tidy(paths: readonly string[], { tools, backups, folders }: Run): Promise<void> {
  const own = backups.kind === 'on' ? backups.folder : undefined;
  const places = paths.map((path) => () => resolveTarget(path, tools.files).folder);
  for (const place of own === undefined ? places : [...places, () => own]) {
    try {
      await folders.visit(place());
    } catch {
      // Where nobody can look nothing can be tidied, and an installation will say why.
    }
  }
}

async function install(installation: Installation, run: Run): Promise<Installed> {
  const { files } = run.tools;
  const target = resolveTarget(installation.path, files);
  await run.folders.visit(target.folder);
  const old = lookAtOldStaple(target, files);
  const outcome = old.kind === 'none' ? 'nothing was changed' : 'the old staple stands';
  const temporary = await writeTemporary(installation.response.der, target, outcome, run.tools);
  let backup: string | undefined;
  try {
    await readBack(temporary, installation, old, outcome, run.tools);
    backup = await backUp(old, target, outcome, run);
    await installation.beforeRename();
    refuseChanged(lookAgain(installation.path, target, files), old, files);
    await attempt(`rename ${temporary} to ${target.path}`, outcome, () =>
      files.rename(temporary, target.path),
    );
  } catch (error) {
    // What cannot be removed now is left over from a dead run for the next one. The first error is the one to tell.
    await files.remove(temporary).catch(() => undefined);
    throw error;
  }
  const replaced = old.kind === 'file' ? old.snapshot.bytes : undefined;
  return { kind: 'installed', path: target.path, replaced, ...(await settle(target, backup, run)) };
}

/** With the rights of the old file, in the same folder: rename(2) then is one step. */
async function writeTemporary(
  bytes: Uint8Array,
  target: Target,
  outcome: string,
  tools: Tools,
): Promise<string> {
  const { existing, folderFacts } = target;
  const path = temporaryPath(target.folder, target.name, tools);
  const rights =
    existing === undefined
      ? { mode: 0o644, group: folderFacts.group }
      : { mode: existing.mode & 0o777, owner: existing.owner, group: existing.group };
  await attempt(`write ${path}`, outcome, () => tools.files.create({ path, bytes, ...rights }));
  return path;
}

/** The octets written are those that were verified; what else may have changed is looked at again. */
async function readBack(
  temporary: string,
  { response, judgeAgain: objectTo }: Installation,
  old: OldStaple,
  outcome: string,
  { files }: Tools,
): Promise<void> {
  const bytes = await attempt(`read back ${temporary}`, outcome, () =>
    files.read(temporary, response.der.length),
  );
  if (!sameBytes(bytes, response.der)) {
    throw new OcspbotError('read-back-differs', `${temporary} is not what was written to it`, {
      hint: `look for disk errors in the kernel log; ${outcome}`,
    });
  }
  const refusal = objectTo(old.kind === 'file' ? old.snapshot.bytes : undefined);
  if (refusal !== undefined) throw refusal;
}

async function backUp(
  old: OldStaple,
  target: Target,
  outcome: string,
  run: Run,
): Promise<string | undefined> {
  const { tools, backups, folders } = run;
  if (backups.kind === 'off' || old.kind === 'none') return undefined;
  if (old.kind === 'unreadable') throw old.error;
  const folder = backups.folder ?? target.folder;
  return attempt(`back up ${target.path} in ${folder}`, outcome, async () => {
    if (backups.folder !== undefined) await tools.files.makeFolder(folder, 0o755);
    await folders.visit(folder);
    return join(folder, await keepBackup(old.snapshot, target.name, folder, folders, tools));
  });
}

/** From here on the new staple is in place, and what fails is only a warning. */
async function settle(
  target: Target,
  backup: string | undefined,
  { tools, backups, folders }: Run,
): Promise<Pick<Installed, 'backup' | 'warnings'>> {
  const warnings: string[] = [];
  await tools.files.syncFolder(target.folder).catch((error: unknown) => {
    warnings.push(`installed, but a power cut may undo it: cannot sync ${target.folder}: ${describe(error)}`);
  });
  if (backups.kind === 'on') {
    const folder = backups.folder ?? target.folder;
    const current = backup === undefined ? undefined : basename(backup);
    warnings.push(...(await pruneBackups(target.name, folder, current, backups, folders, tools)));
  }
  return { backup, warnings };
}
