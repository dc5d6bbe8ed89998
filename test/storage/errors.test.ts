import { expect, test } from 'vitest';
import { failure } from '../../src/storage/errors.js';

const OWNER = 'run ocspbot as the owner of that folder or as root, or let this user write there';

test.each([
  ['EACCES', 'not-permitted', OWNER],
  ['EPERM', 'not-permitted', `${OWNER}; if root may not either, the file is immutable: see lsattr`],
  ['EBUSY', 'write-failed', 'if that file alone is mounted, as into a container, mount its folder instead'],
  ['Unknown system error -116', 'write-failed', 'mount that network file system again'],
  ['EROFS', 'read-only', 'mount that file system writable'],
  ['ENXIO', 'write-failed', 'see what the system says about that path'],
])('a system call that fails with %s has advice of its own', (code, expected, advice) => {
  const cause = Object.assign(new Error(`${code}: no`), { code, syscall: 'rename' });
  const error = failure('rename a to b', cause, 'the old staple stands');
  expect(error).toMatchObject({
    code: expected,
    message: 'cannot rename a to b',
    hint: `${advice}; the old staple stands`,
  });
});
