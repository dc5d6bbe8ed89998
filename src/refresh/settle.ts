import { urgencyOf, type Outcome } from '../report/outcome.js';
import { namedUrls, usableUrls } from '../transport/responder.js';
import { refreshCertificate } from './certificate.js';
import { inOrder } from './in-order.js';
import { inLanes } from './lanes.js';
import { broken } from './outcomes.js';
import type { Prepared } from './prepare.js';
import { choiceFor } from './responder-rules.js';
import type { RunContext } from './run-context.js';
import type { Work } from './work.js';

/** Certificates with which nothing waits for anything, before a signal is heard and a person sees how far it is. */
const BREATHER = 50;

/**
 * Looks after all certificates, those of each responder in a lane of their own. Undefined is the outcome of those that
 * were not looked at.
 */
export async function settleAll(
  { prepared, stop }: Pick<Work, 'prepared' | 'stop'>,
  run: RunContext,
  tell: (outcome: Outcome) => void,
): Promise<(Outcome | undefined)[]> {
  const { parallel, stopOnError, http } = run.configuration;
  const width = { total: parallel, perLane: http.perHost };
  const queue = inOrder(tell);
  const results = await inLanes(prepared, findHosts(run), width, stop.signal, async (one, index, end) => {
    if (index % BREATHER === 0) await run.system.breathe();
    const outcome = await settle(one, run);
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

async function settle(one: Prepared, run: RunContext): Promise<Outcome> {
  if (one.kind === 'broken') return broken(one.entry, one.error);
  return await refreshCertificate(one.entry, one.subject, run);
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
