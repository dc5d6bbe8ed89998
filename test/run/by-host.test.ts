import { describe, expect, test } from 'vitest';
import { mapByHost } from '../../src/run/by-host.js';

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Starts items like `a1`, whose host is `a`; `-1` has no host. Each ends when it is told to. */
function start(items: string, total: number, perHost: number) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  let stop: () => void = () => undefined;
  const plan = {
    items: items.split(' '),
    hostOf: (item: string) => (item.startsWith('-') ? undefined : item[0]),
    limits: { total, perHost },
    signal: new AbortController().signal,
  };
  const results = mapByHost(plan, async (item, _, stopAll) => {
    stop = stopAll;
    begun.push(item);
    await new Promise<void>((resolve) => ends.set(item, resolve));
    return item.toUpperCase();
  });
  const end = async (...names: string[]) => {
    for (const name of names) ends.get(name)?.();
    await settled();
  };
  const endAll = async () => {
    for (let count = -1; count < begun.length;) {
      count = begun.length;
      await end(...begun);
    }
  };
  return { begun, results, end, endAll, stop: () => stop() };
}

describe('mapByHost', () => {
  test('one host has no more at once than it may be, and keeps its order', async () => {
    const { begun, end, endAll, results } = start('a1 a2 a3 a4 a5', 16, 2);
    expect(begun).toEqual(['a1', 'a2']);
    await end('a2');
    expect(begun).toEqual(['a1', 'a2', 'a3']);
    await endAll();
    expect(await results).toEqual(['A1', 'A2', 'A3', 'A4', 'A5']);
  });

  test('a host that is stuck holds up no other', async () => {
    const { begun, end, endAll, results } = start('a1 a2 a3 a4 b1 b2 b3', 3, 2);
    expect(begun).toEqual(['a1', 'a2', 'b1']);
    await end('b1');
    await end('b2');
    expect(begun).toEqual(['a1', 'a2', 'b1', 'b2', 'b3']);
    await end('b3');
    await endAll();
    expect(await results).toEqual(['A1', 'A2', 'A3', 'A4', 'B1', 'B2', 'B3']);
  });

  test('where there are several, none takes all places', async () => {
    const { begun, endAll, results } = start('a1 a2 a3 b1', 2, 4);
    expect(begun).toEqual(['a1', 'b1']);
    await endAll();
    await results;
  });

  test('with one place, all go in their order', async () => {
    const { begun, endAll, results } = start('a1 b1 a2 -1 b2', 1, 4);
    await endAll();
    expect(begun).toEqual(['a1', 'b1', 'a2', '-1', 'b2']);
    await results;
  });

  test('what has no host waits for nothing but a place', async () => {
    const { begun, endAll, results } = start('-1 -2 -3 -4 a1', 4, 1);
    expect(begun).toEqual(['-1', '-2', '-3', '-4']);
    await endAll();
    await results;
  });

  test('after a stop nothing more is begun', async () => {
    const { stop, begun, endAll, results } = start('a1 b1 a2 b2', 2, 2);
    stop();
    await endAll();
    expect(begun).toEqual(['a1', 'b1']);
    expect(await results).toEqual(['A1', 'B1', undefined, undefined]);
  });

  test('nothing to do', async () => {
    expect(
      await mapByHost(
        {
          items: [],
          hostOf: () => undefined,
          limits: { total: 4, perHost: 4 },
          signal: new AbortController().signal,
        },
        () => Promise.resolve(1),
      ),
    ).toEqual([]);
  });
});
