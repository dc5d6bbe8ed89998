import { type ErrorCode, OcspbotError, toOcspbotError } from '../util/errors.js';
import { OUT_OF_FILES } from '../util/read-failure.js';
import { codeOf, systemWords } from '../util/system-errors.js';

interface Kind {
  readonly code: ErrorCode;
  readonly advice: string;
}

const NO_SPACE: Kind = {
  code: 'no-space',
  advice: 'free space or inodes on that file system, or raise the quota',
};
const NOT_PERMITTED: Kind = {
  code: 'not-permitted',
  advice: 'run ocspbot as the owner of that folder or as root, or let this user write there',
};
const TOO_MANY_OPEN: Kind = { code: 'write-failed', advice: OUT_OF_FILES.hint };

const DISPLACED: Kind = {
  code: 'target-unsuitable',
  advice: 'see who put something else in the place of that file',
};

const FILE_SERVER: Kind = {
  code: 'write-failed',
  advice: 'see that the server of that file system answers',
};
const DAMAGED: Kind = {
  code: 'write-failed',
  advice: 'look for disk errors in the kernel log, and check that file system',
};

const KINDS: Readonly<Record<string, Kind>> = {
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  EACCES: NOT_PERMITTED,
  EPERM: {
    code: 'not-permitted',
    advice: `${NOT_PERMITTED.advice}; if root may not either, the file is immutable: see lsattr`,
  },
  EROFS: { code: 'read-only', advice: 'mount that file system writable' },
  EMFILE: TOO_MANY_OPEN,
  ENFILE: TOO_MANY_OPEN,
  ENOTSUP: {
    code: 'write-failed',
    advice:
      'see that cp is the one of GNU coreutils, which copies access control lists and extended attributes',
  },
  EBUSY: {
    code: 'write-failed',
    advice: 'if that file alone is mounted, as into a container, mount its folder instead',
  },
  ESTALE: { code: 'write-failed', advice: 'mount that network file system again' },
  // The program of a FUSE file system has ended.
  ENOTCONN: { code: 'write-failed', advice: 'mount that file system again' },
  EHOSTDOWN: FILE_SERVER,
  ETIMEDOUT: FILE_SERVER,
  EBADMSG: DAMAGED,
  EUCLEAN: DAMAGED,
  EIO: { code: 'write-failed', advice: 'look for disk errors in the kernel log' },
  ENOENT: { code: 'write-failed', advice: 'see who removes files there, and run ocspbot again' },
  EISDIR: DISPLACED,
  ELOOP: DISPLACED,
  ENOTDIR: DISPLACED,
  // This is of a read; that of a write is FILE_SIZE_LIMIT.
  EFBIG: { code: 'file-too-large', advice: 'move that file away if it is none of ocspbot' },
  ENAMETOOLONG: { code: 'target-unsuitable', advice: 'give the file a shorter name' },
};

/** EFBIG of a write. Our files are small, so the limit must be tiny. */
const FILE_SIZE_LIMIT: Kind = {
  code: 'write-failed',
  advice: 'raise the limit of file size (ulimit -f, LimitFSIZE=)',
};

const OTHERWISE: Kind = { code: 'write-failed', advice: 'see what the system says about that path' };

/** Returns the errno of a failed system call; undefined for everything else. */
export function errno(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error ? codeOf(error) : undefined;
}

const NO_HARD_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Reports whether link(2) has failed because the file system has no hard links, as SMB and FAT. */
export function lacksHardLinks(error: unknown): boolean {
  return NO_HARD_LINKS.has(errno(error) ?? '');
}

/**
 * Describes a failed system call: `step` names the action and its path, `consequence` the state that follows. An
 * OcspbotError stays as it is.
 */
export function failure(step: string, error: unknown, consequence: string): OcspbotError {
  const code = errno(error);
  if (code === undefined) return toOcspbotError(error);
  const kind = code === 'EFBIG' && isOfWrite(error) ? FILE_SIZE_LIMIT : (KINDS[code] ?? OTHERWISE);
  return new OcspbotError(kind.code, `cannot ${step}: ${systemWords(error as Error)}`, {
    hint: `${kind.advice}; ${consequence}`,
    cause: error,
  });
}

function isOfWrite(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).syscall === 'write';
}

/** Does one step, and describes its failure. */
export async function doStep<T>(step: string, consequence: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw failure(step, error, consequence);
  }
}
