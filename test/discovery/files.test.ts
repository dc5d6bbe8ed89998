import { describe, expect, test } from 'vitest';
import { diskFiles, orUndefined, realFile } from '../../src/discovery/files.js';
import type { Remark } from '../../src/discovery/model.js';
import { OcspbotError } from '../../src/util/errors.js';
import { realTools } from '../installation/support/tools.js';

const { files } = realTools();

describe('a path with a zero byte, as in a damaged configuration of a server', () => {
  const PATH = '/etc/\0.pem';

  test('can be no file, and stops nothing', () => {
    const remarks: Remark[] = [];
    const disk = diskFiles(files, remarks);
    expect([disk.read(PATH), disk.kindOf(PATH), disk.list(PATH)]).toEqual([undefined, 'unreadable', []]);
    expect(realFile(PATH, files)).toBe(PATH);
    expect(remarks).toHaveLength(1);
  });
});

describe('an error', () => {
  const failing = (error: Error) => () =>
    orUndefined(() => {
      throw error;
    });

  test('of a system call is not a value', () => {
    expect(orUndefined(() => files.read('/nowhere/at/all', 1))).toBeUndefined();
  });

  test.each([
    ['of ocspbot', new OcspbotError('internal', 'a fault')],
    ['of the code', new TypeError('x is not a function')],
    ['of Node.js, whose caller is wrong', Object.assign(new TypeError(), { code: 'ERR_INVALID_ARG_TYPE' })],
  ])('%s is not hidden', (_, error) => {
    expect(failing(error)).toThrow(error);
  });
});
