import { namedUrls, usableUrls } from '../client/responder-url.js';
import { type Outcome, urgencyOf } from '../report/outcome.js';
import { toHex } from '../util/bytes.js';
import { inOrder } from '../util/concurrency.js';
import type { Prepared } from './entries.js';
import type { FirstLook, InspectedCertificate, OpenCertificate } from './inspect.js';
import type { RunContext, RunOrder } from './types.js';

/** Certificates after which a run pauses for a moment, so that signals are heard and progress is shown. */
const BREATHER = 50;

/** The work on one certificate. */
interface Steps {
  /** Reads and verifies the staple in place. */
  look(prepared: Prepared): FirstLook;
  refresh(open: OpenCertificate): Promise<Outcome>;
}

/**
 * Settles the certificates with nothing due one after the other, and keeps only their outcomes. Then refreshes the others
 * at once, as far as `parallel_threads` and `http.per_host` allow.
 */
export async function forEachCertificate(
  { work, stop }: Pick<RunOrder, 'work' | 'stop'>,
  run: RunContext,
  { look, refresh }: Steps,
  tell: (outcome: Outcome) => void,
): Promise<Results> {
  const { parallel, stopOnError, http } = run.configuration;
  const outcomes: (Outcome | undefined)[] = work.entries.map(() => undefined);
  const queue = inOrder(tell);
  const finish = (index: number, outcome: Outcome) => {
    outcomes[index] = outcome;
    queue.add(index, outcome);
  };
  const due: Due[] = [];
  for (const [index, entry] of work.entries.entries()) {
    if (index % BREATHER === 0) await run.system.breathe();
    if (stop.signal.aborted) break;
    const prepared = work.prepare(entry);
    // With `stop_on_error` nothing after a failure may be looked at.
    const seen = stopOnError ? undefined : look(prepared);
    if (seen?.kind === 'settled') finish(index, seen.outcome);
    else due.push({ index, prepared, open: seen });
  }
  work.expect(due.map(({ prepared }) => prepared));
  const attempts = due.map(({ index, prepared }) => ({ index, serial: serialOf(prepared) }));
  const untouched: InspectedCertificate[] = [];
  const limits = { total: parallel, perHost: http.perHost };
  const plan = { items: due, hostOf: firstHostIn(run), limits, signal: stop.signal };
  await mapByHost(plan, async ({ index, prepared, open }, count, end) => {
    if (count % BREATHER === 0) await run.system.breathe();
    const seen = open ?? look(prepared);
    const outcome = seen.kind === 'settled' ? seen.outcome : await refresh(seen);
    if (seen.kind === 'open' && isUntouched(seen, outcome)) untouched.push(seen.certificate);
    if (stopOnError && isFailure(outcome)) end();
    finish(index, outcome);
  });
  queue.flush();
  return { outcomes, attempts, untouched };
}

export interface Results {
  /** The outcomes, in the order of the configuration; undefined for each certificate that was not reached. */
  readonly outcomes: readonly (Outcome | undefined)[];
  /** The certificates that were not settled by a look, by their places in the configuration. */
  readonly attempts: readonly { readonly index: number; readonly serial: string | undefined }[];
  /** Those of them that nobody was asked about: their files are as they were inspected. */
  readonly untouched: readonly InspectedCertificate[];
}

function isUntouched({ certificate, decision }: OpenCertificate, { reason }: Outcome): boolean {
  return certificate.entry.shared === undefined && (decision.kind === 'skip' || reason === 'waiting');
}

/** Returns the serial number in hexadecimal; undefined if the certificate cannot be read. */
function serialOf(prepared: Prepared): string | undefined {
  return prepared.kind === 'ready' ? toHex(prepared.subject.certificate.serialNumber) : undefined;
}

/** A certificate that is not settled, and its place in the configuration. */
interface Due {
  readonly index: number;
  readonly prepared: Prepared;
  /** Undefined if it has not been looked at yet. */
  readonly open: Extract<FirstLook, { kind: 'open' }> | undefined;
}

/** Reports whether a certificate failed in this run. A certificate that nobody was asked about did not. */
function isFailure(outcome: Outcome): boolean {
  return (
    urgencyOf(outcome, true) === 'person' && outcome.reason !== 'waiting' && outcome.reason !== 'not-asked'
  );
}

/** Returns the host that would be asked first; undefined if none would. Many certificates share a few URLs. */
function firstHostIn({ source }: RunContext): (due: Due) => string | undefined {
  const known = new Map<string, string | undefined>();
  return ({ open }) => {
    if (open === undefined || source.kind !== 'responders') return undefined;
    const { responders } = open.certificate;
    const key = namedUrls(responders).join(' ');
    if (!known.has(key)) known.set(key, usableUrls(responders)[0]?.origin);
    return known.get(key);
  };
}

/** The numbers of items that are worked on at once. */
export interface Limits {
  readonly total: number;
  readonly perHost: number;
}

interface Plan<Item> {
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
  { items, hostOf, limits, signal }: Plan<Item>,
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
