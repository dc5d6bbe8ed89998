import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isUnknown, plainlyOther } from '../../src/staple/other-file.js';
import { makeErrorResponse } from '../support/ca.js';

const GOOD = ['good-by-name.der', 'good-by-key.der', 'good-delegated-by-name.der'].map((file) =>
  readFileSync(`fixtures/responses/${file}`),
);

test('every beginning of a response may have been one', () => {
  for (const good of [...GOOD, makeErrorResponse('tryLater')])
    for (let length = 0; length <= good.length; length++)
      expect(plainlyOther(good.subarray(0, length))).toBeUndefined();
});

test('so may one of which any octet of its beginning is wrong', () => {
  for (const good of GOOD) {
    for (let at = 0; at < 64; at++) {
      for (let octet = 0; octet < 256; octet++)
        expect(plainlyOther(Buffer.from(good).fill(octet, at, at + 1))).toBeUndefined();
    }
  }
});

test('so may one that has a hole of zeros, or something after its beginning', () => {
  const damage = fc.record({
    good: fc.constantFrom(...GOOD),
    from: fc.nat(5000),
    length: fc.nat(5000),
    tail: fc.uint8Array({ maxLength: 200 }),
  });
  fc.assert(
    fc.property(damage, ({ good, from, length, tail }) => {
      const [start, end] = [from, from + length].map((at) => Math.min(at, good.length));
      expect(plainlyOther(Buffer.from(good).fill(0, start, end))).toBeUndefined();
      const begin = good.subarray(0, 30 + (from % good.length));
      expect(plainlyOther(Buffer.concat([begin, tail]))).toBeUndefined();
    }),
  );
});

test.each([
  ['nothing', '', undefined, false],
  ['a digit', '0', undefined, false],
  ['blanks', ' \r\n\t', undefined, false],
  ['a number', '7', 'it holds text', false],
  ['two digits', '00', 'it holds text', false],
  ['100 NULs', Buffer.alloc(100), undefined, false],
  ['two megabytes of NULs', Buffer.alloc(2_000_000), undefined, false],
  ['four other octets', Buffer.from('ff00ff00', 'hex'), undefined, true],
  [
    'two megabytes of octets',
    Buffer.alloc(2_000_000, 0xff),
    expect.stringContaining('larger than any OCSP response'),
    true,
  ],
])('%s', (_, content, told, unknown) => {
  const bytes = Buffer.from(content);
  expect(plainlyOther(bytes)).toEqual(told);
  expect(isUnknown(bytes)).toBe(unknown);
});
