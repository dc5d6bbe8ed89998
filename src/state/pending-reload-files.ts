import { join } from 'node:path';
import { describe } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { attempt, errno } from '../storage/errors.js';
import { PENDING_FILE, handedBackName, isPendingName, isHandedBackName } from '../storage/names.js';
import { replaceFile } from '../storage/replace-file.js';
import type { Tools } from '../storage/tools.js';
import { parseRecord } from '../util/json.js';
import { unsafeCharacter } from '../util/text.js';
import { noteOrigin, type OwnState } from './own-folder.js';
import { openStateFolder } from './state-folder.js';

// The files of pending reloads. pending-reloads.ts says why there may be several.

/** A folder with files of pending reloads. */
export interface PendingFolder {
  readonly path: string;
  readonly tools: Tools;
  /** Lists the files. A file that a caller has handed back since the folder was opened is left to the next run. */
  names(): string[];
}

export function openPendingFolder(path: string, tools: Tools): PendingFolder {
  const handedBack = new Set(namesNow(path, tools).filter(isHandedBackName));
  return {
    path,
    tools,
    names: () =>
      pendingFileNames(path, tools).filter((name) => !isHandedBackName(name) || handedBack.has(name)),
  };
}

function namesNow(path: string, tools: Tools): string[] {
  try {
    return pendingFileNames(path, tools);
  } catch {
    // The function that reads the files reports why.
    return [];
  }
}

/** The services that need a reload, or may need one because a run died. */
export interface PendingNames {
  readonly services: readonly string[];
  /** The reason if all services are pending because a file cannot be read. */
  readonly warning: string | undefined;
}

export function without({ services }: PendingNames, done: ReadonlySet<string>): Set<string> {
  return new Set(services.filter((service) => !done.has(service)));
}

/** Reads all files. Those that dead runs were about to strike out count, too: no caller was told of them. */
export function readPendingFiles(
  { path, tools, names }: PendingFolder,
  all: readonly string[],
): PendingNames {
  try {
    const read = names().map((name) => readPendingFile(join(path, name), all, tools));
    const services = [...new Set(read.flatMap((one) => one.services))];
    return { services, warning: read.find(({ warning }) => warning !== undefined)?.warning };
  } catch (error) {
    if (errno(error) === 'ENOENT') return { services: [], warning: undefined };
    return { services: all, warning: `every service may be owed a reload: ${describe(error)}` };
  }
}

export function pendingFileNames(folder: string, { files }: Tools): string[] {
  return files.list(folder).filter(isPendingName);
}

function readPendingFile(path: string, all: readonly string[], { files }: Tools): PendingNames {
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

function encodePending(pending: Iterable<string>): string {
  return `${JSON.stringify({ schema: 1, services: [...pending].sort() })}\n`;
}

export function replacePendingFile(
  { path, tools }: PendingFolder,
  pending: ReadonlySet<string>,
): Promise<void> {
  return replaceFile(path, PENDING_FILE, encodePending(pending), tools);
}

/** Gathers all pending reloads in one file. The other files are removed when it is there. */
export async function gatherPendingReloads(
  folder: PendingFolder,
  pending: ReadonlySet<string>,
): Promise<void> {
  const { path, tools } = folder;
  const names = folder.names().filter((name) => pending.size === 0 || name !== PENDING_FILE);
  if (pending.size > 0) await replacePendingFile(folder, pending);
  // Otherwise a power cut might keep the removals and lose the rename of the file that has the rest.
  if (pending.size > 0 && names.length > 0) await tools.files.syncFolder(path);
  for (const name of names) await removePendingFile(join(path, name), tools);
}

async function removePendingFile(path: string, { files }: Tools): Promise<void> {
  try {
    await files.remove(path);
  } catch (error) {
    // The run that made the file was not dead, but about to exit, and has removed it.
    if (errno(error) !== 'ENOENT') throw error;
  }
}

/** Decodes the names of services; undefined if the content is not of our schema. */
function decode(bytes: Uint8Array): string[] | undefined {
  const { schema, services } = parseRecord(bytes) ?? {};
  return schema === 1 && isNames(services) ? services : undefined;
}

/** Reports whether a name is safe to show: a stranger's file must not send control characters to a terminal. */
function isSafe(name: string): boolean {
  return unsafeCharacter(name) === undefined;
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && isSafe(name));
}

/**
 * Records that a caller could not reload these services, so that the next run asks for them again. It needs no lock and
 * may be called at any time (see PendingReloadStore).
 *
 * @throws OcspbotError of a folder that cannot be written to
 */
export async function handBack(ownState: OwnState, services: readonly string[], tools: Tools): Promise<void> {
  const folder = await openStateFolder(ownState.folder, tools);
  await noteOrigin(ownState, tools);
  const consequence = 'the next run does not ask for these reloads: see to them by hand';
  await attempt(`note in ${folder} which services to reload`, consequence, async () => {
    await replaceFile(folder, handedBackName(tools.randomBytes(8)), encodePending(services), tools);
    await tools.files.syncFolder(folder);
  });
}
