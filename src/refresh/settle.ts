import { urgencyOf, type Outcome } from '../report/outcome.js';
import { usableUrls } from '../transport/responder.js';
import { refreshCertificate } from './certificate.js';
import { inOrder } from './in-order.js';
import { inLanes } from './lanes.js';
import { broken } from './outcomes.js';
import type { Prepared } from './prepare.js';
import { choiceFor } from './responder-rules.js';
import type { RunContext } from './run-context.js';

/**
 * Looks after all certificates, those of each responder in a lane of their own. Undefined is the outcome of those that
 * were not looked at.
 */
export async function settleAll(
  prepared: readonly Prepared[],
  run: RunContext,
  tell: (outcome: Outcome) => void,
): Promise<(Outcome | undefined)[]> {
  const { parallel, stopOnError, http } = run.configuration;
  const width = { total: parallel, perLane: http.perHost };
  const queue = inOrder(tell);
  const results = await inLanes(
    prepared,
    (one) => responderHost(one, run),
    width,
    async (one, index, stop) => {
      const outcome = await settle(one, run);
      if (stopOnError && urgencyOf(outcome, true) === 'person') stop();
      queue.add(index, outcome);
      return outcome;
    },
  );
  queue.flush();
  return results;
}

async function settle(one: Prepared, run: RunContext): Promise<Outcome> {
  if (one.kind === 'broken') return broken(one.entry, one.error);
  return await refreshCertificate(one.entry, one.subject, run);
}

/** Which one would be asked first; undefined where none is. */
function responderHost(one: Prepared, { source, issuerResponders }: RunContext): string | undefined {
  if (one.kind === 'broken' || source.kind === 'given') return undefined;
  const [url] = usableUrls(choiceFor(one.entry, one.subject, issuerResponders));
  return url?.origin;
}
