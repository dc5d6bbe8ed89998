import { choiceFor, namedUrls, usableUrls } from '../client/responder-url.js';
import { type Outcome, urgencyOf } from '../report/outcome.js';
import { inOrder } from '../util/concurrency.js';
import type { Prepared } from './entries.js';
import type { RunContext, Work } from './types.js';

/** How much is in work at once. */
export interface Limits {
  readonly total: number;
  /** Of the items of one lane. */
  readonly perLane: number;
}

interface Lane {
  /** Ascending; those before `next` have been begun. */
  readonly indexes: number[];
  next: number;
  running: number;
  readonly width: number;
}

/**
 * Works on the items in their order, as far as there is room in their lanes: what one lane waits for holds up no
 * other. Items without a lane wait for nothing. Gives the results in the order of the items; where `work` says so by
 * `end`, or when the signal is aborted, no further item is begun, and their results are undefined.
 */
export async function mapByLane<Item, Result>(
  items: readonly Item[],
  laneOf: (item: Item) => string | undefined,
  { total, perLane }: Limits,
  signal: AbortSignal,
  work: (item: Item, index: number, end: () => void) => Promise<Result>,
): Promise<(Result | undefined)[]> {
  const results: (Result | undefined)[] = items.map(() => undefined);
  const lanes = makeLanes(items.map(laneOf), { total, perLane });
  const end = () => {
    for (const lane of lanes) lane.next = lane.indexes.length;
  };
  // One that finds no room is not needed any more: what runs in a lane leaves its place to the next of that lane.
  const worker = async () => {
    for (;;) {
      const lane = signal.aborted ? undefined : laneWithRoom(lanes);
      if (lane === undefined) return;
      const index = lane.indexes[lane.next++] as number;
      lane.running += 1;
      results[index] = await work(items[index] as Item, index, end);
      lane.running -= 1;
    }
  };
  await Promise.all(Array.from({ length: Math.min(total, items.length) }, worker));
  return results;
}

/** Where there are several lanes, none takes all of the places. */
function makeLanes(names: readonly (string | undefined)[], { total, perLane }: Limits): Lane[] {
  const isShared = new Set(names).size > 1;
  const width = isShared ? Math.max(1, Math.min(perLane, total - 1)) : perLane;
  const lanes = new Map<string | undefined, Lane>();
  for (const [index, name] of names.entries()) {
    const known = lanes.get(name);
    if (known !== undefined) known.indexes.push(index);
    else {
      const lane = {
        indexes: [index],
        next: 0,
        running: 0,
        width: name === undefined ? Number.POSITIVE_INFINITY : width,
      };
      lanes.set(name, lane);
    }
  }
  return [...lanes.values()];
}

/** Of several the one with the first item. */
function laneWithRoom(lanes: readonly Lane[]): Lane | undefined {
  let best: Lane | undefined;
  let first = Number.POSITIVE_INFINITY;
  for (const lane of lanes) {
    const index = lane.running < lane.width ? lane.indexes[lane.next] : undefined;
    if (index === undefined || index >= first) continue;
    [best, first] = [lane, index];
  }
  return best;
}

/** Certificates with which nothing waits for anything, before a signal is heard and a person sees how far it is. */
const BREATHER = 50;

/**
 * Looks after all certificates, those of each responder in a lane of their own. Undefined is the outcome of those that
 * were not looked at.
 */
export async function forEachByHost(
  { prepared, stop }: Pick<Work, 'prepared' | 'stop'>,
  run: RunContext,
  refreshOne: (prepared: Prepared) => Promise<Outcome>,
  tell: (outcome: Outcome) => void,
): Promise<(Outcome | undefined)[]> {
  const { parallel, stopOnError, http } = run.configuration;
  const width = { total: parallel, perLane: http.perHost };
  const queue = inOrder(tell);
  const results = await mapByLane(prepared, findHosts(run), width, stop.signal, async (one, index, end) => {
    if (index % BREATHER === 0) await run.system.breathe();
    const outcome = await refreshOne(one);
    if (stopOnError && isFailure(outcome)) end();
    queue.add(index, outcome);
    return outcome;
  });
  queue.flush();
  return results;
}

/** Of this run: where nobody was asked, nothing has failed. */
function isFailure(outcome: Outcome): boolean {
  return (
    urgencyOf(outcome, true) === 'person' && outcome.reason !== 'waiting' && outcome.reason !== 'not-asked'
  );
}

/** Which one would be asked first; undefined where none is. Few URLs are those of many certificates. */
function findHosts({ source, issuerResponders }: RunContext): (one: Prepared) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (one) => {
    if (one.kind === 'broken' || source.kind !== 'responders') return undefined;
    const choice = choiceFor(one.entry, one.subject, issuerResponders);
    const key = namedUrls(choice).join(' ');
    if (!known.has(key)) known.set(key, usableUrls(choice)[0]?.origin);
    return known.get(key);
  };
}
