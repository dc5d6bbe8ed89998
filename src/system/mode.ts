import { fchmodSync, fstatSync } from 'node:fs';

/** The errors of file systems that give all files one mode: SMB, FAT, and several with FUSE. */
const REFUSALS: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOSYS', 'ENOTSUP']);

/**
 * Sets the mode of a file that was just made. A file system that refuses this is accepted if its own mode lets the same
 * users read.
 */
export function setMode(descriptor: number, mode: number, change = fchmodSync): void {
  try {
    change(descriptor, mode);
  } catch (error) {
    const isRefused = REFUSALS.has((error as NodeJS.ErrnoException).code);
    if (!isRefused || readers(fstatSync(descriptor).mode) !== readers(mode)) throw error;
  }
}

function readers(mode: number): number {
  return mode & 0o444;
}
