import { codeOf } from './system-errors.js';

/** The reason why a file cannot be read, and what to do about it. */
export interface ReadFailure {
  /** The end of a sentence whose subject is the path. */
  readonly problem: string;
  readonly hint: string;
}

const ABSENT: ReadFailure = {
  problem: 'does not exist',
  hint: 'put it there, or correct the path; if it is a link, renew it',
};
const NOT_PERMITTED: ReadFailure = {
  problem: 'cannot be read: permission denied',
  hint: 'let the user that runs ocspbot read it',
};
const NOT_REGULAR: ReadFailure = {
  problem: 'is not a regular file',
  hint: 'name a regular file: pipes and devices are not read',
};

export const TOO_LONG: ReadFailure = {
  problem: 'is too long for the name of a file',
  hint: 'correct the path',
};
export const OUT_OF_FILES: ReadFailure = {
  problem: 'cannot be read now: there are too many open files',
  hint: 'raise the limit of open files (ulimit -n, LimitNOFILE=) or lower parallel_threads',
};

const FAILURES: ReadonlyMap<string, ReadFailure> = new Map([
  ['ENOENT', ABSENT],
  ['ENOTDIR', ABSENT],
  ['EACCES', NOT_PERMITTED],
  ['EPERM', NOT_PERMITTED],
  ['EISDIR', { problem: 'is a folder', hint: 'name the file in it' }],
  ['EFBIG', { problem: 'is far too large', hint: 'look whether it is the file that was meant' }],
  ['EINVAL', NOT_REGULAR],
  // The system does not open a socket, nor a device without its driver.
  ['ENXIO', NOT_REGULAR],
  ['ELOOP', { problem: 'is a link that leads in a circle', hint: 'correct the link' }],
  ['ENAMETOOLONG', TOO_LONG],
  ['EMFILE', OUT_OF_FILES],
  ['ENFILE', OUT_OF_FILES],
]);

/** Describes the error of a file that could not be read. */
export function readFailure(error: unknown): ReadFailure {
  const code = codeOf(error) ?? String(error);
  const hint = 'look at that path, and for disk errors in the kernel log';
  return FAILURES.get(code) ?? { problem: `cannot be read (${code})`, hint };
}
