import {
  accessSync,
  constants,
  lstatSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  unlinkSync,
} from 'node:fs';
import { createFile } from './create-file.js';
import { disk } from './disk.js';
import type { FileFacts, Files, FolderEntry } from './interfaces/files.js';
import { makeFolder } from './make-folder.js';
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
  // Most runs replace nothing.
  listAttributes: async (paths) => (await import('./extended-attributes.js')).listAttributes(paths),
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
