import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
  writeSync,
} from 'node:fs';
import { disk, makeFolder, syncFolder } from './disk.js';
import { setMode } from './mode.js';
import { refusalOf } from './owner.js';
import { kindOf, readBeginning, readFile, toFacts } from './read-file.js';
import type { FileFacts, Files, FolderEntry, NewFile } from './system.js';

/** The real file system. */
export const nodeFiles: Files = {
  user: process.geteuid?.(),
  read: (path, limit) => readFile(path, limit, 'follow').bytes,
  readBeginning,
  snapshot: (path, limit) => readFile(path, limit, 'refuse'),
  facts,
  resolve: (path) => realpathSync.native(path),
  readLink: (path) => readlinkSync(path),
  identity,
  checkWritable: (path) =>
    accessSync(path, statSync(path).isDirectory() ? constants.W_OK | constants.X_OK : constants.W_OK),
  entries,
  list: (folder) => readdirSync(folder).sort(),
  // Loaded on demand: most runs replace nothing.
  listAttributes: async (paths) => (await import('./extended-attributes.js')).listAttributes(paths),
  create: createFile,
  rename: disk.rename,
  link: disk.link,
  remove: disk.unlink,
  removeFolder: disk.rmdir,
  makeFolder,
  syncFolder,
};

function facts(path: string): FileFacts | undefined {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats && toFacts(stats);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Uses bigints: the inode numbers of some file systems are too large for a number. */
function identity(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

function entries(folder: string): FolderEntry[] {
  const found = readdirSync(folder, { withFileTypes: true });
  const named = found.map((entry) => ({ name: entry.name, kind: kindOf(entry) }));
  return named.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const NEW = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;

/**
 * Makes a file that does not exist yet. When this returns, the file is complete and, unless it is fleeting, on the
 * disk. Nobody else can read the file before it has its owner. If a step fails, the file is removed and the first error
 * thrown.
 */
async function createFile(file: NewFile): Promise<void> {
  const mode = file.inherit ? file.mode : 0o600;
  const descriptor = file.fleeting ? openSync(file.path, NEW, mode) : await disk.open(file.path, NEW, mode);
  const failures = [
    ...(await failureOf(() => fill(descriptor, file))),
    ...(await failureOf(() => closeSync(descriptor))),
  ];
  if (failures.length === 0) return;
  await failureOf(() => disk.unlink(file.path));
  throw failures[0];
}

async function failureOf(step: () => Promise<void> | void): Promise<unknown[]> {
  try {
    await step();
    return [];
  } catch (error) {
    return [error];
  }
}

async function fill(descriptor: number, file: NewFile): Promise<void> {
  setOwner(descriptor, file);
  if (!file.inherit && file.like === undefined) setMode(descriptor, file.mode);
  writeAll(descriptor, file.bytes);
  if (file.like !== undefined)
    await (await import('./extended-attributes.js')).copyAttributes(file.like, descriptor);
  if (!file.fleeting) await disk.fsync(descriptor);
}

/**
 * Writes a new file. Each octet has its place in it: pwrite(2). Node.js writes to wake its threads, but never with that call, so a
 * test can make just these writes fail.
 */
function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length;) {
    const written = writeSync(descriptor, bytes, offset, bytes.length - offset, offset);
    if (written === 0)
      throw Object.assign(new Error('EIO: nothing was written, write'), { code: 'EIO', syscall: 'write' });
    offset += written;
  }
}

/**
 * Sets owner and group where they differ. A user who may not give files away sets at least the group. That fails with
 * the first refusal if somebody who could read a file of that mode, owner and group no longer could. (Root can always
 * read; an owner is assumed to be in the group of the file.)
 */
function setOwner(descriptor: number, { owner, group, mode }: NewFile): void {
  const made = fstatSync(descriptor);
  const wanted = { owner: owner ?? made.uid, group: group ?? made.gid };
  if (wanted.owner === made.uid && wanted.group === made.gid) return;
  const refused = refusalOf(descriptor, wanted.owner, wanted.group);
  if (refused === undefined) return;
  const groupKept = wanted.group === made.gid || refusalOf(descriptor, made.uid, wanted.group) === undefined;
  const [groupReads, othersRead] = [(mode & 0o040) !== 0, (mode & 0o004) !== 0];
  const ownerStillReads = [0, made.uid].includes(wanted.owner) || (groupKept && groupReads);
  if (!othersRead && !(ownerStillReads && (groupKept || !groupReads))) throw refused;
}
