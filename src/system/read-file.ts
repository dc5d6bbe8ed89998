import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import type { FileFacts, Snapshot } from './system.js';

/** Opening a fifo must not block, and a terminal must not become the controlling one. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
const SMALLEST_BUFFER = 4096;

/** Reads a regular file of at most `limit` bytes; no more is read even if the file grows meanwhile. */
export function readFile(path: string, limit: number, link: 'follow' | 'refuse'): Snapshot {
  const descriptor = openSync(path, link === 'follow' ? READ : READ | constants.O_NOFOLLOW);
  try {
    const stats = statsOfFile(descriptor, path);
    if (stats.size > limit) throw tooLarge(path, limit);
    return { facts: toFacts(stats), bytes: readAll(descriptor, stats.size, limit, path) };
  } finally {
    closeSync(descriptor);
  }
}

/** Reads the first `length` bytes of a regular file, or all that it has. */
export function readBeginning(path: string, length: number): Uint8Array {
  const descriptor = openSync(path, READ);
  try {
    const { size } = statsOfFile(descriptor, path);
    const bytes = new Uint8Array(Math.min(size, length));
    return bytes.subarray(0, readSome(descriptor, bytes, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** Throws EISDIR or EINVAL for what is not a regular file. */
function statsOfFile(descriptor: number, path: string): Stats {
  const stats = fstatSync(descriptor);
  if (stats.isDirectory()) throw refusal('EISDIR', 'illegal operation on a directory', path);
  if (!stats.isFile()) throw refusal('EINVAL', 'not a regular file', path);
  return stats;
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

/** Requests one byte more than the file size: if only the file size comes, the file is at its end. */
function readAll(descriptor: number, size: number, limit: number, path: string): Uint8Array {
  const { buffer, byteOffset } = Buffer.allocUnsafe(size + 1);
  const bytes = new Uint8Array(buffer, byteOffset, size + 1);
  const length = readSome(descriptor, bytes, 0);
  if (length === size && size > 0) return bytes.subarray(0, length);
  return readOn(descriptor, bytes.subarray(0, length), limit, path);
}

/** Reads on in a file that grows meanwhile, or that is in /proc, where the size is 0. */
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

/** Reads again after EINTR, which a signal can cause on network file systems. Node does not retry reads itself. */
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
  return refusal('EFBIG', `larger than ${limit} bytes`, path);
}

/** Makes an error in the form of Node's own. */
function refusal(code: string, reason: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${reason}, read '${path}'`), { code, path, syscall: 'read' });
}
