import { fsync, linkSync, mkdirSync, openSync, renameSync, unlinkSync } from 'node:fs';
import { promisify } from 'node:util';

/**
 * Only fsync waits for the disk, and so has a thread of its own. What changes names, or makes a file, takes less time
 * than to hand it to another thread; threads that nobody needs are not even started.
 */
export const disk = {
  fsync: promisify(fsync),
  open: later(openSync),
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
