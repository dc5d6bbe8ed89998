import { type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { limitHeapGrowth, relieveMemory } from '../../src/system/memory.js';

const MAJOR = 4;

/** Makes about 60 MiB that nothing refers to afterwards. */
function waste(): number {
  return Array.from({ length: 1_000_000 }, (_, index) => ({ index, name: `${index}` })).length;
}

/** Counts the major collections during some work. */
async function majorCollections(work: () => unknown): Promise<number> {
  const kinds: (number | undefined)[] = [];
  const observer = new PerformanceObserver((list) => {
    const entries = list.getEntries() as readonly (PerformanceEntry & { detail?: { kind: number } })[];
    kinds.push(...entries.map(({ detail }) => detail?.kind));
  });
  observer.observe({ entryTypes: ['gc'] });
  work();
  // Node.js queues a record in one turn of the event loop and hands it over in another.
  for (let turn = 0; turn < 5; turn++) await setImmediate();
  observer.disconnect();
  return kinds.filter((kind) => kind === MAJOR).length;
}

test('the heap is collected when it has grown by much, and left alone when it has not', async () => {
  relieveMemory();
  waste();
  const before = process.memoryUsage().heapUsed;
  expect(await majorCollections(relieveMemory)).toBeGreaterThan(0);
  expect(process.memoryUsage().heapUsed).toBeLessThan(before - 10 * 2 ** 20);
  const again = () => Array.from({ length: 100 }, () => relieveMemory());
  expect(await majorCollections(again)).toBe(0);
});

test('a limited heap is collected in smaller steps', async () => {
  // Only a major collection frees the replaced arrays, because they are old.
  const first = Array.from({ length: 16_384 }, (_, index) => index);
  const make = (value: number) => first.with(0, value);
  const old = Array.from({ length: 800 }, (_, index) => make(index));
  const replace = () => {
    for (let turn = 0; turn < 10; turn++) for (const index of old.keys()) old[index] = make(turn);
  };
  const usual = await majorCollections(replace);
  limitHeapGrowth();
  expect(await majorCollections(replace)).toBeGreaterThan(usual);
});
