import {
  closeSync,
  constants,
  fchmodSync,
  fsync,
  linkSync,
  mkdirSync,
  open,
  openSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { serialQueue } from '../util/concurrency.js';
import { refusalOf } from './owner.js';
import type { Files } from './system.js';

/**
 * Operations on the disk. fsync runs on the thread pool, and so does opening a file, which may wait for a running
 * fsync. Changes of names are synchronous: they take less time than a switch of threads, and a run that needs no thread
 * starts none.
 */
export const disk = {
  fsync: promisify(fsync),
  open: promisify(open) as (path: string, flags: number, mode: number) => Promise<number>,
  rename: asPromise(renameSync),
  link: asPromise(linkSync),
  unlink: asPromise(unlinkSync),
  rmdir: asPromise(rmdirSync),
  makeFolders: asPromise(makeFolders),
};

/**
 * Makes a folder and the missing ones above it, and returns the first. Node's own recursive mkdir hides that a file system
 * is read-only (it says ENOENT), and never ends below /proc.
 */
function makeFolders(path: string, mode: number): string | undefined {
  const missing = [path];
  for (let above = dirname(path); statSync(above, NOT_THROWING) === undefined; above = dirname(above))
    missing.unshift(above);
  let first: string | undefined;
  for (const folder of missing) {
    try {
      mkdirSync(folder, mode);
      first ??= folder;
    } catch (error) {
      // Another process may have made it meanwhile.
      if (statSync(folder, NOT_THROWING)?.isDirectory() !== true) throw error;
    }
  }
  return first;
}

const NOT_THROWING = { throwIfNoEntry: false } as const;

/** Wraps a synchronous action in a promise; what the action throws becomes a rejection. */
function asPromise<Args extends unknown[], Result>(
  action: (...args: Args) => Result,
): (...args: Args) => Promise<Result> {
  return (...args) => new Promise((resolve) => resolve(action(...args)));
}

interface Syncs {
  running: Promise<void>;
  /** The sync after the running one, if it is requested; it has not begun. */
  next: Promise<void> | undefined;
}

const folders = new Map<string, Syncs>();

/**
 * Syncs a folder (fsync). All callers during a running sync share the next one: the running sync may have begun before
 * their changes, but the next one begins after them.
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
    // Some file systems do not support fsync of a folder: they decide how durable a rename is.
    if (!['EINVAL', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    closeSync(descriptor);
  }
}

const making = serialQueue();

/**
 * Makes folders one after the other: a call that finds a folder which another call has just made must not continue
 * before the name of the folder is synced.
 */
export const makeFolder: Files['makeFolder'] = (path, mode, umask) =>
  making(() => makeOne(path, mode, umask === 'without umask'));

/**
 * Makes a folder and the missing ones above it, and syncs their names: files in them would be lost with their names.
 */
async function makeOne(path: string, mode: number, isExact: boolean): Promise<void> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const first = await disk.makeFolders(path, mode);
  if (first === undefined) return;
  const { uid, gid } = statSync(dirname(first));
  for (let made = path; made.length >= first.length; made = dirname(made)) {
    // A root that is refused, as without capabilities in a container, keeps the folder and can work in it.
    if (process.geteuid?.() === 0 && uid !== 0)
      change(made, (descriptor) => void refusalOf(descriptor, uid, gid));
    if (isExact && (await isCutByUmask(made, mode)))
      change(made, (descriptor) => fchmodSync(descriptor, mode));
    await syncFolder(dirname(made));
  }
}

/** Reports whether the umask reduced the mode. A default ACL of the parent replaces the umask (acl(5)). */
async function isCutByUmask(path: string, mode: number): Promise<boolean> {
  if ((statSync(path).mode & mode) === mode) return false;
  const { listAttributes } = await import('./extended-attributes.js');
  const listing = await listAttributes([path]);
  const attributes = listing.kind === 'listed' ? (listing.attributes.get(path) ?? []) : [];
  return !attributes.some((line) => line.includes('default:'));
}

/**
 * Changes a folder that was just made. A folder that root makes gets the owner of its parent, whose own runs must be
 * able to write there. O_NOFOLLOW: the owner may have replaced it by something else meanwhile.
 */
function change(path: string, action: (descriptor: number) => void): void {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    action(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
