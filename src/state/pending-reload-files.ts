import { join } from 'node:path';
import { describe } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { attempt, errno } from '../storage/errors.js';
import { DEBT_FILE, handedBackName, isDebtName, isHandedBackName } from '../storage/names.js';
import { replaceFile } from '../storage/replace-file.js';
import type { Tools } from '../storage/tools.js';
import { unsafeCharacter } from '../util/text.js';
import { noteOrigin, type OwnState } from './own-folder.js';
import { openStateFolder } from './state-folder.js';

// The files of pending reloads; debt.ts says why there may be several.

/** A folder with such files. */
export interface PendingFolder {
  readonly path: string;
  readonly tools: Tools;
  /** Lists the files, but for what a caller has handed back since the folder was opened: the next run takes that over. */
  names(): string[];
}

export function openPendingFolder(path: string, tools: Tools): PendingFolder {
  const handedBack = new Set(namesNow(path, tools).filter(isHandedBackName));
  return {
    path,
    tools,
    names: () => namesOfDebts(path, tools).filter((name) => !isHandedBackName(name) || handedBack.has(name)),
  };
}

function namesNow(path: string, tools: Tools): string[] {
  try {
    return namesOfDebts(path, tools);
  } catch {
    // Whoever reads them says why.
    return [];
  }
}

/** Services that must be reloaded, or may have been left without a reload by a run that died. */
export interface PendingNames {
  readonly services: readonly string[];
  /** Why every service is in it. */
  readonly warning: string | undefined;
}

export function without({ services }: PendingNames, paid: ReadonlySet<string>): Set<string> {
  return new Set(services.filter((service) => !paid.has(service)));
}

/** Reads all files: those that dead runs have set apart were told to nobody. */
export function readPendingFiles(
  { path, tools, names }: PendingFolder,
  all: readonly string[],
): PendingNames {
  try {
    const debts = names().map((name) => readDebt(join(path, name), all, tools));
    const services = [...new Set(debts.flatMap((debt) => debt.services))];
    return { services, warning: debts.find(({ warning }) => warning !== undefined)?.warning };
  } catch (error) {
    if (errno(error) === 'ENOENT') return { services: [], warning: undefined };
    return { services: all, warning: `every service may be owed a reload: ${describe(error)}` };
  }
}

export function namesOfDebts(folder: string, { files }: Tools): string[] {
  return files.list(folder).filter(isDebtName);
}

function readDebt(path: string, all: readonly string[], { files }: Tools): PendingNames {
  try {
    const services = decode(files.snapshot(path, LIMITS.stateFile).bytes);
    if (services !== undefined) return { services, warning: undefined };
    return { services: all, warning: `${path} is damaged: every service may be owed a reload` };
  } catch (error) {
    if (errno(error) === 'ENOENT') return { services: [], warning: undefined };
    return {
      services: all,
      warning: `every service may be owed a reload: cannot read ${path}: ${describe(error)}`,
    };
  }
}

function encodeDebt(owed: Iterable<string>): string {
  return `${JSON.stringify({ schema: 1, services: [...owed].sort() })}\n`;
}

export function replacePendingFile({ path, tools }: PendingFolder, owed: ReadonlySet<string>): Promise<void> {
  return replaceFile(path, DEBT_FILE, encodeDebt(owed), tools);
}

/** Puts all that is owed into one file: the others go when that is there. */
export async function gatherPendingReloads(folder: PendingFolder, owed: ReadonlySet<string>): Promise<void> {
  const { path, tools } = folder;
  const names = folder.names().filter((name) => owed.size === 0 || name !== DEBT_FILE);
  if (owed.size > 0) await replacePendingFile(folder, owed);
  // A power cut might keep the removals, and lose the rename that has what is left.
  if (owed.size > 0 && names.length > 0) await tools.files.syncFolder(path);
  for (const name of names) await removeDebt(join(path, name), tools);
}

async function removeDebt(path: string, { files }: Tools): Promise<void> {
  try {
    await files.remove(path);
  } catch (error) {
    // The run that has set it apart was not dead, but about to exit.
    if (errno(error) !== 'ENOENT') throw error;
  }
}

/** undefined when it is not what we write. */
function decode(bytes: Uint8Array): string[] | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (typeof value !== 'object' || value === null || !('schema' in value) || value.schema !== 1)
      return undefined;
    const services: unknown = 'services' in value ? value.services : undefined;
    return isNames(services) ? services : undefined;
  } catch {
    return undefined;
  }
}

/** Who may write in the state folder must not write to the terminal of whoever reads our messages. */
function isSafe(name: string): boolean {
  return unsafeCharacter(name) === undefined;
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && isSafe(name));
}

/**
 * Notes that a caller could not reload these services: the next run that begins asks for them. It needs no lock, and may
 * come at any time (see ReloadDebt).
 *
 * @throws OcspbotError of a folder that cannot be written to
 */
export async function handBack(ownState: OwnState, services: readonly string[], tools: Tools): Promise<void> {
  const folder = await openStateFolder(ownState.folder, tools);
  await noteOrigin(ownState, tools);
  const consequence = 'the next run does not ask for these reloads: see to them by hand';
  await attempt(`note in ${folder} which services to reload`, consequence, async () => {
    await replaceFile(folder, handedBackName(tools.randomBytes(8)), encodeDebt(services), tools);
    await tools.files.syncFolder(folder);
  });
}
