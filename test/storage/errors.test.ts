import { expect, test } from 'vitest';
import { failure } from '../../src/storage/errors.js';
import { nameless, systemError } from '../support/system-error.js';

const OWNER = 'run ocspbot as the owner of that folder or as root, or let this user write there';

test.each([
  ['EACCES', 'not-permitted', OWNER],
  ['EPERM', 'not-permitted', `${OWNER}; if root may not either, the file is immutable: see lsattr`],
  ['EBUSY', 'write-failed', 'if that file alone is mounted, as into a container, mount its folder instead'],
  ['EIO', 'write-failed', 'look for disk errors in the kernel log'],
  ['ENOTCONN', 'write-failed', 'mount that file system again'],
  ['EHOSTDOWN', 'write-failed', 'see that the server of that file system answers'],
  ['EROFS', 'read-only', 'mount that file system writable'],
  ['ENXIO', 'write-failed', 'see what the system says about that path'],
])('a system call that fails with %s has advice of its own', (code, expected, advice) => {
  const cause = Object.assign(new Error(`${code}: no, rename 'a' -> 'b'`), { code, syscall: 'rename' });
  const error = failure('rename a to b', cause, 'the old staple stands');
  expect(error).toMatchObject({
    code: expected,
    message: `cannot rename a to b: no (${code})`,
    hint: `${advice}; the old staple stands`,
  });
});

test.each([
  [
    -74,
    'write-failed',
    'bad message (EBADMSG)',
    'look for disk errors in the kernel log, and check that file system',
  ],
  [-116, 'write-failed', 'stale file handle (ESTALE)', 'mount that network file system again'],
  [
    -117,
    'write-failed',
    'structure needs cleaning (EUCLEAN)',
    'look for disk errors in the kernel log, and check that file system',
  ],
  [
    -122,
    'no-space',
    'disk quota exceeded (EDQUOT)',
    'free space or inodes on that file system, or raise the quota',
  ],
])('so does one for which Node has no name (%s)', (number, expected, words, advice) => {
  const code = `Unknown system error ${number}`;
  for (const cause of [systemError(code), nameless(number)])
    expect(failure('write a', cause, 'the old staple stands')).toMatchObject({
      code: expected,
      message: `cannot write a: ${words}`,
      hint: `${advice}; the old staple stands`,
    });
});
