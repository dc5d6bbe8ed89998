import { constants } from 'node:fs';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import type { NewFile } from './interfaces.js';

const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;

/**
 * Makes a file that is not there yet, complete and on the disk when this returns. It is nobody else's to read
 * until it has its owner. When any step fails no file stays behind, and the first error is the one thrown.
 */
export async function createFile(file: NewFile): Promise<void> {
  const handle = await open(file.path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
  const failures = [
    ...(await failureOf(() => fill(handle, file))),
    ...(await failureOf(() => handle.close())),
  ];
  if (failures.length === 0) return;
  await failureOf(() => unlink(file.path));
  throw failures[0];
}

async function failureOf(step: () => Promise<void>): Promise<unknown[]> {
  try {
    await step();
    return [];
  } catch (error) {
    return [error];
  }
}

async function fill(handle: FileHandle, file: NewFile): Promise<void> {
  await giveAway(handle, file);
  await handle.chmod(file.mode);
  await writeAll(handle, file.bytes);
  await handle.sync();
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, offset, bytes.length - offset);
    if (bytesWritten === 0)
      throw Object.assign(new Error('EIO: nothing was written, write'), { code: 'EIO', syscall: 'write' });
    offset += bytesWritten;
  }
}

/**
 * Owner and group are set where they differ. Who may not give files away keeps at least the group, and fails
 * with the first refusal where somebody who could read a file of that mode, owner and group no longer could.
 * (Root always can; an owner is taken to be in the group of his file.)
 */
async function giveAway(handle: FileHandle, { owner, group, mode }: NewFile): Promise<void> {
  const made = await handle.stat();
  const wanted = { owner: owner ?? made.uid, group: group ?? made.gid };
  if (wanted.owner === made.uid && wanted.group === made.gid) return;
  const refused = await refusalOf(handle, wanted.owner, wanted.group);
  if (refused === undefined) return;
  const groupKept =
    wanted.group === made.gid || (await refusalOf(handle, made.uid, wanted.group)) === undefined;
  const [groupReads, othersRead] = [(mode & 0o040) !== 0, (mode & 0o004) !== 0];
  const ownerStillReads = [0, made.uid].includes(wanted.owner) || (groupKept && groupReads);
  if (!othersRead && !(ownerStillReads && (groupKept || !groupReads))) throw refused;
}

/** EPERM says that we may not, EINVAL that the user namespace has no such user. */
async function refusalOf(handle: FileHandle, user: number, group: number): Promise<Error | undefined> {
  try {
    await handle.chown(user, group);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPERM' || code === 'EINVAL') return error as Error;
    throw error;
  }
}
