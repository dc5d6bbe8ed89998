import { type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { relieveMemory } from '../../src/system/memory.js';

const MAJOR = 4;

/** Makes about 60 MiB that nothing refers to afterwards. */
function waste(): number {
  return Array.from({ length: 1_000_000 }, (_, index) => ({ index, name: `${index}` })).length;
}

test('the heap is collected when it has grown by much, and left alone when it has not', async () => {
  relieveMemory();
  waste();
  const before = process.memoryUsage().heapUsed;
  relieveMemory();
  expect(process.memoryUsage().heapUsed).toBeLessThan(before - 10 * 2 ** 20);

  const collections: number[] = [];
  const observer = new PerformanceObserver((list) => {
    const entries = list.getEntries() as readonly (PerformanceEntry & { detail?: { kind: number } })[];
    collections.push(...entries.map(({ detail }) => detail?.kind ?? 0));
  });
  observer.observe({ entryTypes: ['gc'] });
  onTestFinished(() => observer.disconnect());
  for (let call = 0; call < 100; call++) relieveMemory();
  await setImmediate();
  expect(collections).not.toContain(MAJOR);
});
