import { namedUrls, usableUrls } from '../client/responder-url.js';
import { type Outcome, urgencyOf } from '../report/outcome.js';
import { toHex } from '../util/bytes.js';
import { inOrder } from '../util/concurrency.js';
import { mapByHost } from './by-host.js';
import type { Prepared } from './entries.js';
import type { InspectedCertificate } from './inspect.js';
import type { FirstLook, OpenCertificate } from './decision.js';
import type { Outcomes, RunContext, RunOrder } from './types.js';

/** The number of certificates after which a run pauses for a moment, so that signals are handled and progress is shown. */
const BREATHER = 50;

/** The number of refreshes whose garbage does not matter yet. */
const MANY = 2000;

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
  // The text and tree of the configuration are not needed any more.
  run.system.relieveMemory();
  for (const [index, entry] of work.entries.entries()) {
    if (index % BREATHER === 0) await run.system.breathe();
    if (stop.signal.aborted) break;
    const prepared = work.prepare(entry);
    // After a failure, `stop_on_error` ends the work: no further certificate is looked at.
    const seen = stopOnError ? undefined : look(prepared);
    if (seen?.kind === 'settled') finish(index, seen.outcome);
    else due.push({ index, prepared, open: seen });
  }
  work.expect(due.map(({ prepared }) => prepared));
  const attempts = due.map(({ index, prepared }) => ({ index, serial: serialOf(prepared) }));
  const untouched: InspectedCertificate[] = [];
  const limits = { total: parallel, perHost: http.perHost };
  if (due.length > MANY) run.system.limitHeapGrowth();
  const plan = { items: due, hostOf: firstHostIn(run), limits, signal: stop.signal };
  await mapByHost(plan, async ({ index, prepared, open }, count, end) => {
    if (count % BREATHER === 0) await run.system.breathe();
    const seen = open ?? look(prepared);
    const outcome = seen.kind === 'settled' ? seen.outcome : await refresh(seen);
    if (seen.kind === 'open' && isUntouched(seen, outcome)) untouched.push(seen.certificate);
    if (stopOnError && hasFailed(outcome)) end();
    finish(index, outcome);
  });
  queue.flush();
  return { outcomes, attempts, untouched };
}

export interface Results {
  readonly outcomes: Outcomes;
  /** The certificates that were not settled by a look, by their places in the configuration. */
  readonly attempts: readonly { readonly index: number; readonly serial: string | undefined }[];
  /** The certificates among them that nobody was asked about: their files are as they were inspected. */
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
function hasFailed(outcome: Outcome): boolean {
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
