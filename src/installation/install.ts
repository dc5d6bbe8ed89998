import { describe, OcspbotError } from '../util/errors.js';
import type { VerifiedResponse } from '../ocsp/verify/verify.js';
import { attempt } from '../storage/errors.js';
import { createFolders, type Folders } from '../storage/folders.js';
import { backupFolder } from './backup-place.js';
import type { Tools } from '../storage/tools.js';
import { createKeeper, type InstallerSettings, type Keeper } from './backup-keeper.js';
import { type AttributeLooks, type AttributesFound, createAttributeLooks } from './extended-attributes.js';
import { lookAtOldStaple, type OldStaple, refuseChanged, sameBytes } from './old-staple.js';
import { lookAgain, resolveTarget, type Target } from './target.js';
import { writeTemporary } from './temporary-file.js';

export interface Installation {
  readonly response: VerifiedResponse;
  /** Absolute; links in it are followed. */
  readonly path: string;
  /** Objects to the installation over these octets (undefined: none). The new ones were read back. */
  judgeAgain(inPlace: Uint8Array | undefined): OcspbotError | undefined;
  /** Whether these octets must not be lost, also where no backups are wanted. */
  mustBeKept(inPlace: Uint8Array): boolean;
  /** Writes the reload debt; nothing has been changed yet, and nothing will be when it fails. */
  beforeRename(): Promise<void>;
  /** Takes that back: the old staple stands. */
  afterFailure(): Promise<void>;
}

export interface Installed {
  readonly kind: 'installed';
  /** The real file. */
  readonly path: string;
  /** Undefined where there was nothing. */
  readonly replaced: Uint8Array | undefined;
  /** Where these bytes are kept. */
  readonly backup: string | undefined;
  /** What went wrong after the new staple was in place, and what a person should know. */
  readonly warnings: readonly string[];
}

export interface Installer {
  /** Makes the next installation to a path quicker. */
  expect(path: string): void;
  /**
   * Puts a response where the server staples it from, in one step or not at all.
   * @throws OcspbotError `target-unsuitable`, `no-space`, `not-permitted`, `read-only`, `write-failed`,
   * `read-back-differs`, `file-too-large`, or what `judgeAgain` and `beforeRename` give: then the old staple stands
   */
  install(installation: Installation): Promise<Installed>;
  /** Removes what a dead run has left beside staples, by their absolute paths, and among backups. Never throws. */
  removeStaleTemporaryFiles(paths: readonly string[]): Promise<void>;
}

interface Run {
  readonly settings: InstallerSettings;
  readonly tools: Tools;
  readonly folders: Folders;
  readonly looks: AttributeLooks;
  readonly keeper: Keeper;
  /** Problems of the machine that were told once. */
  readonly told: Set<string>;
}

/** One for a run. */
export function createInstaller(settings: InstallerSettings, tools: Tools): Installer {
  const folders = createFolders(tools);
  const looks = createAttributeLooks(settings.paths, tools);
  const keeper = createKeeper(settings, folders, tools);
  const run = { settings, tools, folders, looks, keeper, told: new Set<string>() };
  return {
    expect: (path) => looks.expect(path),
    install: (installation) => install(installation, run),
    removeStaleTemporaryFiles: (paths) => tidy(paths, run),
  };
}

async function tidy(paths: readonly string[], { settings, tools, folders }: Run): Promise<void> {
  const own =
    (settings.backups.kind === 'on' && settings.backups.folder) || backupFolder(settings.stateFolder);
  const places = paths.map((path) => () => resolveTarget(path, tools.files).folder);
  for (const place of [...places, () => own]) {
    try {
      await folders.visit(place());
    } catch {
      // Where nobody can look nothing can be tidied, and an installation will say why.
    }
  }
}

/** What is there before, as far as it matters. */
interface Ground {
  readonly target: Target;
  readonly old: OldStaple;
  readonly attributes: AttributesFound;
  /** What is so when a step fails. */
  readonly outcome: string;
}

async function install(installation: Installation, run: Run): Promise<Installed> {
  const ground = await survey(installation, run);
  const { target, old } = ground;
  const replaced = old.kind === 'file' ? old.snapshot.bytes : undefined;
  const mustBeKept = replaced !== undefined && installation.mustBeKept(replaced);
  const { der: bytes } = installation.response;
  const temporary = await writeTemporary({ bytes, ...ground }, run.looks, run.tools);
  const backup = await orRemove(temporary, run.tools, async () => {
    await readBack(temporary, installation, replaced, ground.outcome, run.tools);
    return await run.keeper.keep(old, target, mustBeKept, ground.outcome);
  });
  await replace(temporary, installation, ground, run.tools);
  const isTold = mustBeKept && run.settings.backups.kind === 'off';
  const unknown = isTold ? [`nobody knows what was in ${target.path}: it is kept in ${backup}`] : [];
  const warnings = [...attributeWarnings(ground, run), ...unknown, ...(await settle(target, backup, run))];
  return { kind: 'installed', path: target.path, replaced, backup, warnings };
}

async function survey({ path }: Installation, { tools, folders, looks }: Run): Promise<Ground> {
  const target = resolveTarget(path, tools.files);
  await folders.visit(target.folder);
  const old = lookAtOldStaple(target, tools.files);
  const outcome = old.kind === 'none' ? 'nothing was changed' : 'the old staple stands';
  return { target, old, outcome, attributes: await looks.of(path, target) };
}

/** What cannot be removed now is left over from a dead run for the next one. The first error is the one to tell. */
async function orRemove<T>(temporary: string, { files }: Tools, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    await files.remove(temporary).catch(() => undefined);
    throw error;
  }
}

/** The octets written are those that were verified; what else may have changed is looked at again. */
async function readBack(
  temporary: string,
  { response, judgeAgain: objectTo }: Installation,
  inPlace: Uint8Array | undefined,
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
  const refusal = objectTo(inPlace);
  if (refusal !== undefined) throw refusal;
}

/** A rename that failed may have taken place all the same (NFS). It has not where the temporary file is still there. */
async function replace(
  temporary: string,
  installation: Installation,
  { target, old, outcome }: Ground,
  tools: Tools,
): Promise<void> {
  const { files } = tools;
  await orRemove(temporary, tools, () => installation.beforeRename());
  try {
    refuseChanged(lookAgain(installation.path, target, files), old, files);
    await attempt(`rename ${temporary} to ${target.path}`, outcome, () =>
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

/** Told once in a run: it is a matter of the machine. */
function attributeWarnings({ attributes, old, target }: Ground, { told }: Run): string[] {
  if (attributes.kind === 'known' || old.kind === 'none' || told.has(attributes.problem)) return [];
  told.add(attributes.problem);
  return [
    `nobody could tell whether ${target.path} had an access control list or extended attributes, which are lost if it had (GNU tar is needed): ${attributes.problem}`,
  ];
}

/** From here on the new staple is in place, and what fails is only a warning. */
async function settle(target: Target, backup: string | undefined, { tools, keeper }: Run): Promise<string[]> {
  const warnings: string[] = [];
  await tools.files.syncFolder(target.folder).catch((error: unknown) => {
    warnings.push(`installed, but a power cut may undo it: cannot sync ${target.folder}: ${describe(error)}`);
  });
  return [...warnings, ...(await keeper.tidy(target, backup))];
}
