/** The numbers of items that are worked on at once. */
export interface Limits {
  readonly total: number;
  readonly perHost: number;
}

interface Batch<Item> {
  /** Each item is taken out when it is begun, so that it is in memory no longer than the work on it. */
  readonly items: (Item | undefined)[];
  hostOf(item: Item): string | undefined;
  readonly limits: Limits;
  /** Aborted when no further item is to be begun. */
  readonly signal: AbortSignal;
}

/**
 * Works on the items in their order, at most `perHost` of one host at a time, so that a slow host holds up no other.
 * Items without a host share only the total limit. Returns the results in the order of the items. After `end` was
 * called, or the signal was aborted, no further item is begun; its result is undefined.
 */
export async function mapByHost<Item, Result>(
  { items, hostOf, limits, signal }: Batch<Item>,
  work: (item: Item, index: number, end: () => void) => Promise<Result>,
): Promise<(Result | undefined)[]> {
  const results: (Result | undefined)[] = items.map(() => undefined);
  const queues = makeQueues(
    items.map((item) => hostOf(item as Item)),
    limits,
  );
  const end = () => {
    for (const queue of queues) queue.next = queue.indexes.length;
  };
  // A worker that finds no free queue ends. It is not needed: each running item is followed by one of its own queue.
  const worker = async () => {
    for (;;) {
      const queue = signal.aborted ? undefined : freeQueue(queues);
      if (queue === undefined) return;
      const index = queue.indexes[queue.next++] as number;
      queue.running += 1;
      results[index] = await work(take(items, index), index, end);
      queue.running -= 1;
    }
  };
  await Promise.all(Array.from({ length: Math.min(limits.total, items.length) }, worker));
  return results;
}

function take<Item>(items: (Item | undefined)[], index: number): Item {
  const item = items[index] as Item;
  items[index] = undefined;
  return item;
}

/** The items of one host. */
interface HostQueue {
  /** Ascending indexes of the items; those before `next` have been begun. */
  readonly indexes: number[];
  next: number;
  running: number;
  /** The number of items that may run at once. */
  readonly width: number;
}

/** Makes a queue for each host. If there are several, none may take all places. */
function makeQueues(hosts: readonly (string | undefined)[], { total, perHost }: Limits): HostQueue[] {
  const isShared = new Set(hosts).size > 1;
  const width = isShared ? Math.max(1, Math.min(perHost, total - 1)) : perHost;
  const queues = new Map<string | undefined, HostQueue>();
  for (const [index, host] of hosts.entries()) {
    const known = queues.get(host);
    if (known !== undefined) known.indexes.push(index);
    else {
      const ownWidth = host === undefined ? Number.POSITIVE_INFINITY : width;
      queues.set(host, { indexes: [index], next: 0, running: 0, width: ownWidth });
    }
  }
  return [...queues.values()];
}

/** Returns the queue whose next item comes first among those that may begin one. */
function freeQueue(queues: readonly HostQueue[]): HostQueue | undefined {
  let best: HostQueue | undefined;
  let first = Number.POSITIVE_INFINITY;
  for (const queue of queues) {
    const index = queue.running < queue.width ? queue.indexes[queue.next] : undefined;
    if (index === undefined || index >= first) continue;
    [best, first] = [queue, index];
  }
  return best;
}
