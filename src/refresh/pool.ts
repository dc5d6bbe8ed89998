/**
 * Works on the items with so many at once, and gives the results in the order of the items. Where `work` says so
 * by `stop`, or when the signal is aborted, no further item is begun: their results are undefined.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  limit: number,
  signal: AbortSignal,
  work: (item: Item, stop: () => void) => Promise<Result>,
): Promise<(Result | undefined)[]> {
  const results: (Result | undefined)[] = items.map(() => undefined);
  let next = 0;
  const stop = () => {
    next = items.length;
  };
  const worker = async () => {
    while (next < items.length && !signal.aborted) {
      const index = next++;
      results[index] = await work(items[index] as Item, stop);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
