import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsync,
  linkSync,
  mkdirSync,
  open,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { serialQueue } from '../util/concurrency.js';
import type { Files } from './system.js';

/**
 * What waits for the disk, fsync and the making of a file beside it, has a thread of its own. What changes names takes
 * less time than to hand it to another thread; and threads that nobody needs are not even started.
 */
export const disk = {
  fsync: promisify(fsync),
  open: promisify(open) as (path: string, flags: number, mode: number) => Promise<number>,
  rename: later(renameSync),
  link: later(linkSync),
  unlink: later(unlinkSync),
  makeFolders: later((path: string, mode: number) => mkdirSync(path, { recursive: true, mode })),
};

/** What it throws is a rejection. */
function later<Args extends unknown[], Result>(
  action: (...args: Args) => Result,
): (...args: Args) => Promise<Result> {
  return (...args) => new Promise((resolve) => resolve(action(...args)));
}

interface Syncs {
  running: Promise<void>;
  /** The one after it, which has not begun. */
  next: Promise<void> | undefined;
}

const folders = new Map<string, Syncs>();

/**
 * fsync of a folder. All who ask while one is under way share the one after it: what they have done before was not
 * there yet when the first began, and certainly is when the second does.
 */
export function syncFolder(folder: string): Promise<void> {
  const syncs = folders.get(folder) ?? { running: Promise.resolve(), next: undefined };
  folders.set(folder, syncs);
  syncs.next ??= syncs.running.then(
    () => begin(folder, syncs),
    () => begin(folder, syncs),
  );
  return syncs.next;
}

function begin(folder: string, syncs: Syncs): Promise<void> {
  syncs.running = sync(folder);
  syncs.next = undefined;
  return syncs.running;
}

async function sync(folder: string): Promise<void> {
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await disk.fsync(descriptor);
  } catch (error) {
    // Some file systems have no such operation: a rename is then as lasting as they make it.
    if (!['EINVAL', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    closeSync(descriptor);
  }
}

const making = serialQueue();

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
