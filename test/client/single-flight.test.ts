import { expect, test } from 'vitest';
import { singleFlight } from '../../src/client/single-flight.js';

test('singleFlight shares replies of twins only, by their words', async () => {
  let count = 0;
  const put = () => Promise.resolve(++count);
  const once = singleFlight(() => new Set(['duplicate']));
  const replies = [
    once('duplicate', () => 'x', put),
    once('duplicate', () => 'x', put),
    once('duplicate', () => 'y', put),
    once('other', () => 'x', put),
    once('other', () => 'x', put),
  ];
  expect(await Promise.all(replies)).toEqual([1, 1, 2, 3, 4]);
});
