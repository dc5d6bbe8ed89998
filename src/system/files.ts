import { accessSync, closeSync, constants, fchownSync, openSync } from 'node:fs';
import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { inSequence } from '../in-sequence.js';
import { createFile } from './create-file.js';
import { disk } from './disk.js';
import type { FileFacts, Files, FolderEntry } from './interfaces/files.js';
import { kindOf, readFile, toFacts } from './read-file.js';
import { syncFolder } from './sync-folder.js';

/** The real file system. */
export const nodeFiles: Files = {
  user: process.geteuid?.(),
  read: (path, limit) => readFile(path, limit, 'follow').bytes,
  snapshot: (path, limit) => readFile(path, limit, 'refuse'),
  facts,
  resolve: (path) => realpathSync.native(path),
  readLink: (path) => readlinkSync(path),
  checkWritable: (folder) => accessSync(folder, constants.W_OK | constants.X_OK),
  entries,
  list: (folder) => readdirSync(folder).sort(),
  create: createFile,
  rename: disk.rename,
  link: disk.link,
  remove: disk.unlink,
  removeAtOnce: unlinkSync,
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

function entries(folder: string): FolderEntry[] {
  const found = readdirSync(folder, { withFileTypes: true });
  const named = found.map((entry) => ({ name: entry.name, kind: kindOf(entry) }));
  return named.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const making = inSequence();

/** One after the other: who finds a folder that another call has just made must not go on before its name is synced. */
function makeFolder(path: string, mode: number): Promise<void> {
  return making(() => makeOne(path, mode));
}

/** The names of the new folders are synced too, or what is synced in them would be lost with them. */
async function makeOne(path: string, mode: number): Promise<void> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const first = await disk.makeFolders(path, mode);
  if (first === undefined) return;
  const { uid, gid } = statSync(dirname(first));
  for (let made = path; made.length >= first.length; made = dirname(made)) {
    if (process.geteuid?.() === 0 && uid !== 0) giveFolder(made, uid, gid);
    await syncFolder(dirname(made));
  }
}

/** Gives a folder that root has made to the owner of the folder around it, whose own runs must be able to write there. */
function giveFolder(path: string, owner: number, group: number): void {
  // The owner may have put something else in its place by now.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    fchownSync(descriptor, owner, group);
  } finally {
    closeSync(descriptor);
  }
}
