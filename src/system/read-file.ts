import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import type { FileFacts, Snapshot } from './system.js';

/** A fifo must not hold us up, a terminal must not become ours. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
const SMALLEST_BUFFER = 4096;

/** Reads a regular file of at most `limit` octets: no more is read even while it grows. */
export function readFile(path: string, limit: number, link: 'follow' | 'refuse'): Snapshot {
  const descriptor = openSync(path, link === 'follow' ? READ : READ | constants.O_NOFOLLOW);
  try {
    const stats = fstatSync(descriptor);
    if (stats.isDirectory()) throw refusal('EISDIR', 'illegal operation on a directory', path);
    if (!stats.isFile()) throw refusal('EINVAL', 'not a regular file', path);
    if (stats.size > limit) throw tooLarge(path, limit);
    return { facts: toFacts(stats), bytes: readAll(descriptor, stats.size, limit, path) };
  } finally {
    closeSync(descriptor);
  }
}

export function toFacts(stats: Stats): FileFacts {
  return {
    kind: kindOf(stats),
    mode: stats.mode & 0o7777,
    owner: stats.uid,
    group: stats.gid,
    size: stats.size,
    modified: Math.trunc(stats.mtimeMs),
    changed: Math.trunc(stats.ctimeMs),
  };
}

export function kindOf(stats: Pick<Stats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): FileFacts['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'link' : 'other';
}

/** One octet more than expected is asked for: a file that gives just as many as it said it has is at its end. */
function readAll(descriptor: number, size: number, limit: number, path: string): Uint8Array {
  const { buffer, byteOffset } = Buffer.allocUnsafe(size + 1);
  const bytes = new Uint8Array(buffer, byteOffset, size + 1);
  const length = readSome(descriptor, bytes, 0);
  if (length === size && size > 0) return bytes.subarray(0, length);
  return readOn(descriptor, bytes.subarray(0, length), limit, path);
}

/** For a file that grows meanwhile; and those of /proc say that their size is 0. */
function readOn(descriptor: number, begun: Uint8Array, limit: number, path: string): Uint8Array {
  for (let bytes = begun; ;) {
    if (bytes.length > limit) throw tooLarge(path, limit);
    const buffer = new Uint8Array(Math.min(Math.max(2 * bytes.length, SMALLEST_BUFFER), limit + 1));
    buffer.set(bytes);
    const count = readSome(descriptor, buffer, bytes.length);
    if (count === 0) return bytes;
    bytes = buffer.subarray(0, bytes.length + count);
  }
}

/** Node tries all but reads again when a signal interrupts them, as it can on file systems of a network. */
function readSome(descriptor: number, buffer: Uint8Array, offset: number): number {
  for (;;) {
    try {
      return readSync(descriptor, buffer, offset, buffer.length - offset, null);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EINTR') throw error;
    }
  }
}

export function tooLarge(path: string, limit: number): Error {
  return refusal('EFBIG', `larger than ${limit} octets`, path);
}

/** In the form of Node's own errors. */
function refusal(code: string, reason: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${reason}, read '${path}'`), { code, path, syscall: 'read' });
}
