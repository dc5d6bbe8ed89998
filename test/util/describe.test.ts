import { expect, test } from 'vitest';
import { describe } from '../../src/util/errors.js';
import { nameless, systemError } from '../support/system-error.js';

const denied = Object.assign(new Error("EACCES: permission denied, open '/a/.tmp'"), { syscall: 'open' });
const moved = Object.assign(new Error("EXDEV: cross-device link not permitted, rename '/a' -> '/b'"), {
  syscall: 'rename',
});
const quota = systemError('Unknown system error -122', "open '/a/.tmp'");
const read = Object.assign(new Error('EIO: i/o error, read'), { syscall: 'read' });

test.each([
  [new Error('cannot write in /a', { cause: denied }), 'cannot write in /a: permission denied (EACCES)'],
  [
    new Error('cannot rename /a', { cause: moved }),
    'cannot rename /a: cross-device link not permitted (EXDEV)',
  ],
  [new Error('cannot read /a', { cause: read }), 'cannot read /a: i/o error (EIO)'],
  // Node names no error for which libuv has no name.
  [new Error('cannot write in /a', { cause: quota }), 'cannot write in /a: disk quota exceeded (EDQUOT)'],
  [
    new Error('cannot write in /a', { cause: nameless(-122) }),
    'cannot write in /a: disk quota exceeded (EDQUOT)',
  ],
  [nameless(-116), 'ESTALE: stale file handle, write'],
  [nameless(-1000), 'UNKNOWN: unknown error, write'],
  [quota, "EDQUOT: disk quota exceeded, open '/a/.tmp'"],
  // Alone it must name its path.
  [denied, "EACCES: permission denied, open '/a/.tmp'"],
  [new Error('no answer', { cause: new Error('it broke') }), 'no answer: it broke'],
  [new Error('no answer: it broke', { cause: new Error('it broke') }), 'no answer: it broke'],
])('%s', (error, told) => {
  expect(describe(error)).toBe(told);
});
