import { expect, test } from 'vitest';
import { columnsOf, fit } from '../../src/util/columns.js';

const rows: [text: string, columns: number][] = [
  ['', 0],
  ['www.example', 11],
  ['müller.example', 14],
  ['mu\u0308ller', 6],
  ['見本', 4],
  ['🔒', 2],
  ['ﾊﾝｶｸ', 4],
];

test.each(rows)('%j has %i columns', (text, columns) => {
  expect(columnsOf(text)).toBe(columns);
});

test.each([
  ['abc', 5, 'abc  '],
  ['abcdefgh', 8, 'abcdefgh'],
  ['abcdefgh', 5, 'ab…gh'],
  ['見本見本見本', 6, '見…本 '],
  ['a\u001b[31mb', 8, 'a␛[31mb '],
  ['two\nlines', 9, 'two␊lines'],
  ['abc', 1, '…'],
])('%j in %i columns', (text, columns, expected) => {
  expect(fit(text, columns)).toBe(expected);
  expect(columnsOf(fit(text, columns))).toBe(columns);
});
