import { expect, test } from 'vitest';
import { printable, shownUrl } from '../../src/util/text.js';

test.each([
  ['plain text, as it is', 'plain text, as it is'],
  ['', ''],
  ['a\r\nb\tc\\d', 'a\\r\\nb\\tc\\\\d'],
  ['\u001b[2J\u0000\u007f', '\\x1b[2J\\x00\\x7f'],
  ['é', '\\xc3\\xa9'],
  ['\u202egnp', '\\xe2\\x80\\xaegnp'],
  ['123456789012345678901234567890', '123456789012345678901234567890'],
  ['1234567890123456789012345678901', '123456789012345678901234567890…'],
  ['12345678901234567890123456789\n', '12345678901234567890123456789…'],
])('%j', (content, shown) => {
  expect(printable(content, 30)).toBe(shown);
  expect(printable(Buffer.from(content), 30)).toBe(shown);
});

test.each([
  ['http://ocsp.example/', 'http://ocsp.example/'],
  ['http://a/r3/MFEwTzBNMEswSTAJBgUrDgMCGgUABBRZrWvLtjtX%2BfWkbdp22', 'http://a/r3/MFEwTzBNMEsw…'],
  ['http://a/a-path-of-some-length-that-is-no-request', 'http://a/a-path-of-some-length-that-is-no-request'],
  ['http://a/\u001b[2J', 'http://a/\\x1b[2J'],
])('the URL %j', (url, shown) => {
  expect(shownUrl(url)).toBe(shown);
});
