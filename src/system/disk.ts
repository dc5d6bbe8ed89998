import { fsync, linkSync, mkdirSync, open, renameSync, unlinkSync } from 'node:fs';
import { promisify } from 'node:util';

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
