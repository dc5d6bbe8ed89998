import { expect, test } from 'vitest';
import { inOrder } from '../../src/util/concurrency.js';

test('inOrder hands on in the order of the indexes, and in the end what is left', () => {
  const seen: string[] = [];
  const queue = inOrder<string>((item) => seen.push(item));
  queue.add(1, 'b');
  expect(seen).toEqual([]);
  queue.add(0, 'a');
  expect(seen).toEqual(['a', 'b']);
  queue.add(5, 'f');
  queue.add(3, 'd');
  queue.flush();
  expect(seen).toEqual(['a', 'b', 'd', 'f']);
});
