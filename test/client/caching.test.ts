import { describe, expect, test } from 'vitest';
import { freshFor, retryAfter, validatorsOf } from '../../src/client/caching.js';

const DATE = 'Tue, 24 Nov 2026 10:00:00 GMT';
const NOW = Date.parse(DATE);
const MINUTE = 60_000;

describe('retryAfter', () => {
  test.each<[string | undefined, number | undefined]>([
    [undefined, undefined],
    ['120', 2 * MINUTE],
    [' 120 ', 2 * MINUTE],
    ['0', 0],
    ['9'.repeat(300), Number.MAX_SAFE_INTEGER],
    ['-5', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['soon', undefined],
    ['', undefined],
    ['Tue, 24 Nov 2026 10:05:00 GMT', 5 * MINUTE],
    ['Tuesday, 24-Nov-26 10:05:00 GMT', 5 * MINUTE],
    ['Tue Nov 24 10:05:00 2026', 5 * MINUTE],
    ['Tue, 24 Nov 2026 09:00:00 GMT', 0],
    ['Fri, 31 Dec 9999 23:59:59 GMT', Date.parse('9999-12-31T23:59:59Z') - NOW],
    ['Tue, 99 Nov 2026 10:05:00 GMT', undefined],
    ['2026-11-24T10:05:00Z', undefined],
  ])('%j is %j', (value, expected) => {
    const headers = value === undefined ? {} : { 'retry-after': value };
    expect(retryAfter({ headers }, NOW)).toBe(expected);
  });

  test('a date is one by the clock of the responder', () => {
    const headers = { 'retry-after': 'Tue, 24 Nov 2026 12:05:00 GMT', date: 'Tue, 24 Nov 2026 12:00:00 GMT' };
    expect(retryAfter({ headers }, NOW)).toBe(5 * MINUTE);
  });
});

describe('freshFor', () => {
  test.each<[Record<string, string>, number]>([
    [{}, 0],
    [{ 'cache-control': 'max-age=600' }, 10 * MINUTE],
    [{ 'cache-control': 'public, Max-Age="600" , no-transform' }, 10 * MINUTE],
    [{ 'cache-control': 'max-age=600', age: '120' }, 8 * MINUTE],
    [{ 'cache-control': 'max-age=600', age: '1200' }, 0],
    [{ 'cache-control': 'max-age=600', age: 'old' }, 10 * MINUTE],
    [{ 'cache-control': 'max-age=600, no-cache' }, 0],
    [{ 'cache-control': 'no-store, max-age=600' }, 0],
    [{ 'cache-control': 'max-age=-1' }, 0],
    [{ 'cache-control': 's-maxage=600' }, 0],
    [{ 'cache-control': 'max-age' }, 0],
    [{ 'cache-control': 'max-age=99999999999' }, 0],
    [{ expires: 'Tue, 24 Nov 2026 10:10:00 GMT', date: DATE }, 10 * MINUTE],
    [{ expires: 'Tue, 24 Nov 2026 09:10:00 GMT', date: DATE }, 0],
    [{ expires: 'Tue, 24 Nov 2026 10:10:00 GMT' }, 0],
    [{ expires: '0', date: DATE }, 0],
    [{ 'cache-control': 'max-age=60', expires: 'Tue, 24 Nov 2026 10:10:00 GMT', date: DATE }, MINUTE],
  ])('%j: %d ms', (headers, expected) => expect(freshFor(headers)).toBe(expected));
});

describe('validatorsOf', () => {
  test.each<[Record<string, string>, object | undefined]>([
    [{}, undefined],
    [{ etag: '"1"', 'last-modified': DATE }, { etag: '"1"' }],
    [{ etag: 'W/"a b"', 'last-modified': DATE }, { lastModified: DATE }],
    [{ etag: 'W/"ab"' }, { etag: 'W/"ab"' }],
    [{ etag: 'unquoted' }, undefined],
    [{ etag: `"${'a'.repeat(129)}"` }, undefined],
    [{ etag: '"\r\nx: y"' }, undefined],
    [{ 'last-modified': DATE }, { lastModified: DATE }],
    [{ 'last-modified': 'yesterday' }, undefined],
    [{ 'last-modified': `${DATE}\r\nx: y` }, undefined],
  ])('%j: %j', (headers, expected) => expect(validatorsOf(headers)).toEqual(expected));
});
