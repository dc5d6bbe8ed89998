import { closeSync, constants, fchmodSync, fchownSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { inSequence } from '../in-sequence.js';
import { disk } from './disk.js';
import type { Files } from './interfaces/files.js';
import { syncFolder } from './sync-folder.js';

const making = inSequence();

/** One after the other: who finds a folder that another call has just made must not go on before its name is synced. */
export const makeFolder: Files['makeFolder'] = (path, mode, umask) =>
  making(() => makeOne(path, mode, umask === 'without umask'));

/** The names of the new folders are synced too, or what is synced in them would be lost with them. */
async function makeOne(path: string, mode: number, isExact: boolean): Promise<void> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const first = await disk.makeFolders(path, mode);
  if (first === undefined) return;
  const { uid, gid } = statSync(dirname(first));
  for (let made = path; made.length >= first.length; made = dirname(made)) {
    if (process.geteuid?.() === 0 && uid !== 0)
      change(made, (descriptor) => fchownSync(descriptor, uid, gid));
    if (isExact && (await isCutByUmask(made, mode)))
      change(made, (descriptor) => fchmodSync(descriptor, mode));
    await syncFolder(dirname(made));
  }
}

/** The umask has no say where the folder above has a default ACL (acl(5)). */
async function isCutByUmask(path: string, mode: number): Promise<boolean> {
  if ((statSync(path).mode & mode) === mode) return false;
  const { listAttributes } = await import('./extended-attributes.js');
  const listing = await listAttributes([path]);
  const attributes = listing.kind === 'listed' ? (listing.attributes.get(path) ?? []) : [];
  return !attributes.some((line) => line.includes('default:'));
}

/**
 * Changes a folder that was just made: one that root has made belongs to the owner of the folder around it, whose own runs
 * must be able to write there. The owner may have put something else in its place by now.
 */
function change(path: string, action: (descriptor: number) => void): void {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    action(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
