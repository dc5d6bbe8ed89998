import { join } from 'node:path';
import { describe, OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { errno } from '../storage/errors.js';
import { PENDING_FILE, isPendingName, isHandedBackName } from '../storage/names.js';
import { replaceFile } from '../storage/temporary-files.js';
import type { Tools } from '../storage/tools.js';
import { toHex } from '../util/bytes.js';
import { parseRecord } from '../util/json.js';
import { unsafeCharacter } from '../util/text.js';
import { type Acknowledged, readLastClaim } from './lock-files.js';

// The files of pending reloads. pending-reloads.ts says why there may be several.

/** A folder with files of pending reloads. */
export interface PendingFolder {
  readonly path: string;
  readonly tools: Tools;
  /** The reloads of an earlier run of which its caller was told. */
  readonly acknowledged: Acknowledged | undefined;
  /** Lists the files. A file that a caller has handed back since the folder was opened is left to the next run. */
  names(): string[];
}

/** The content of a folder that somebody has already looked at. */
export interface SeenFolder {
  readonly names: readonly string[];
  readonly acknowledged: Acknowledged | undefined;
}

/** Opens a folder. The holder of its lock has already looked at it. */
export function openPendingFolder(path: string, tools: Tools, seen?: SeenFolder): PendingFolder {
  const { names, acknowledged } = seen ?? lookAtFolder(path, tools);
  const handedBack = new Set(names.filter(isHandedBackName));
  return {
    path,
    tools,
    acknowledged,
    names: () =>
      pendingFileNames(path, tools).filter((name) => !isHandedBackName(name) || handedBack.has(name)),
  };
}

function lookAtFolder(path: string, tools: Tools): SeenFolder {
  try {
    return { names: tools.files.list(path), acknowledged: acknowledgedNow(path, tools) };
  } catch {
    // The function that reads the files reports why.
    return { names: [], acknowledged: undefined };
  }
}

function acknowledgedNow(path: string, tools: Tools): Acknowledged | undefined {
  try {
    return readLastClaim(path, tools)?.acknowledged;
  } catch {
    // The claim cannot be read: then nothing is acknowledged.
    return undefined;
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

/** Reads all files, and leaves out what is acknowledged. */
export function readPendingFiles(
  { path, tools, names, acknowledged }: PendingFolder,
  all: readonly string[],
): PendingNames {
  try {
    const files = names().map((name) => readPendingFile(join(path, name), all, tools));
    const services = [...new Set(files.flatMap((file) => stillPending(file, acknowledged)))];
    return { services, warning: files.find(({ warning }) => warning !== undefined)?.warning };
  } catch (error) {
    if (errno(error) === 'ENOENT') return { services: [], warning: undefined };
    return { services: all, warning: `every service may be owed a reload: ${reasonOf(error)}` };
  }
}

/** Says why a file or folder of pending reloads cannot be read. */
export function reasonOf(error: unknown): string {
  return `${describe(error)}${errno(error) === 'EACCES' ? '; let this user read it' : ''}`;
}

/** The content of one file. */
interface PendingFile extends PendingNames {
  /** A random text that distinguishes this content from later ones; undefined in a file that a caller handed back. */
  readonly id: string | undefined;
}

function stillPending(
  { id, services }: PendingFile,
  acknowledged: Acknowledged | undefined,
): readonly string[] {
  if (id === undefined || id !== acknowledged?.id) return services;
  return services.filter((service) => !acknowledged.services.includes(service));
}

export function pendingFileNames(folder: string, { files }: Tools): string[] {
  return files.list(folder).filter(isPendingName);
}

function readPendingFile(path: string, all: readonly string[], { files }: Tools): PendingFile {
  const unreadable = (warning: string): PendingFile => ({ id: undefined, services: all, warning });
  try {
    const content = decode(files.snapshot(path, LIMITS.stateFile).bytes);
    return content ?? unreadable(`${path} is damaged: every service may be owed a reload`);
  } catch (error) {
    if (errno(error) === 'ENOENT') return { id: undefined, services: [], warning: undefined };
    return unreadable(`every service may be owed a reload: cannot read ${path}: ${reasonOf(error)}`);
  }
}

export function encodePending(
  pending: Iterable<string>,
  { randomBytes }: Pick<Tools, 'randomBytes'>,
): string {
  return `${JSON.stringify({ schema: 1, id: toHex(randomBytes(8)), services: [...pending].sort() })}\n`;
}

/** Writes the one file anew, with another ID. */
export function replacePendingFile(
  { path, tools }: PendingFolder,
  pending: ReadonlySet<string>,
): Promise<void> {
  return replaceFile(join(path, PENDING_FILE), encodePending(pending, tools), tools);
}

/**
 * Prepares the acknowledgement of reloads of which the caller was told; undefined if none of them is pending. Pending
 * reloads in several files are gathered in one first. The result holds once it stands in the released lock.
 */
export async function acknowledgementOf(
  folder: PendingFolder,
  pending: PendingNames,
  acknowledged: ReadonlySet<string>,
): Promise<Acknowledged | undefined> {
  if (!pending.services.some((service) => acknowledged.has(service))) return undefined;
  const { id, services } = onlyFileIn(folder) ?? (await gathered(folder, pending));
  const left = without(pending, acknowledged);
  return { id, services: services.filter((service) => !left.has(service)) };
}

type IdentifiedFile = PendingFile & { readonly id: string };

/** Reads the file that has all pending reloads; undefined if there are several, or one without an ID. */
function onlyFileIn({ path, tools, names }: PendingFolder): IdentifiedFile | undefined {
  const [name, ...others] = names();
  if (name !== PENDING_FILE || others.length > 0) return undefined;
  const { id, ...file } = readPendingFile(join(path, PENDING_FILE), [], tools);
  return id === undefined ? undefined : { ...file, id };
}

async function gathered(folder: PendingFolder, { services }: PendingNames): Promise<IdentifiedFile> {
  await gatherPendingReloads(folder, new Set(services));
  const file = onlyFileIn(folder);
  if (file !== undefined) return file;
  const message = `${join(folder.path, PENDING_FILE)} is not what was written to it`;
  throw new OcspbotError('read-back-differs', message, {
    hint: 'look for disk errors in the kernel log; the services may be reloaded once more',
  });
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
    if (errno(error) !== 'ENOENT') throw error;
  }
}

/** Decodes a file; undefined if the content is not of our schema. */
function decode(bytes: Uint8Array): PendingFile | undefined {
  const { schema, id, services } = parseRecord(bytes) ?? {};
  if (schema !== 1 || !isNames(services)) return undefined;
  return { id: typeof id === 'string' ? id : undefined, services, warning: undefined };
}

/** Reports whether a name is safe to show: a stranger's file must not send control characters to a terminal. */
function isSafe(name: string): boolean {
  return unsafeCharacter(name) === undefined;
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && isSafe(name));
}
