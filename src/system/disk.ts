import { fsync, link, mkdir, open, rename, unlink } from 'node:fs';
import { promisify } from 'node:util';

/**
 * What may wait for the disk, and therefore does so in a thread of its own. All else that is done to a file takes less
 * time than to hand it to another thread.
 */
export const disk = {
  open: promisify(open) as (path: string, flags: number, mode?: number) => Promise<number>,
  fsync: promisify(fsync),
  rename: promisify(rename),
  link: promisify(link),
  unlink: promisify(unlink),
  mkdir: promisify(mkdir) as (
    path: string,
    options: { recursive: true; mode: number },
  ) => Promise<string | undefined>,
};
