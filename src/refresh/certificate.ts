import { sameOctets } from '../asn1/octets.js';
import type { Subject } from '../certificates/subject.js';
import type { Entry } from '../configuration/model.js';
import type { Occasion, RefreshReason } from '../decision/decide.js';
import { toOcspbotError } from '../errors.js';
import type { Outcome } from '../report/outcome.js';
import { decisionOf, openCase, type Case } from './case.js';
import { examineAnswer } from './examine.js';
import { installFor } from './install.js';
import * as tell from './outcomes.js';
import type { RunContext } from './run-context.js';
import { skip } from './skip.js';

/** Looks after one certificate, whatever happens: this is where errors end. */
export async function refreshCertificate(entry: Entry, subject: Subject, run: RunContext): Promise<Outcome> {
  let open: Case | undefined;
  try {
    open = openCase(entry, subject, run);
    return await settle(open, run);
  } catch (error) {
    const known = toOcspbotError(error);
    return open === undefined ? tell.broken(entry, known) : tell.notRefreshed(open, known, run);
  }
}

async function settle(open: Case, run: RunContext): Promise<Outcome> {
  const decision = decisionOf(open, run, occasionOf(run));
  switch (decision.kind) {
    case 'keep':
      return tell.unchanged(open, 'fresh', run);
    case 'skip':
      return skip(open, decision.reason, run);
    case 'refresh':
      return await refresh(open, decision.reason, run);
  }
}

function occasionOf({ source, options }: RunContext): Occasion {
  if (source.kind === 'given') return 'given';
  return options.force ? 'forced' : 'due';
}

async function refresh(open: Case, reason: RefreshReason, run: RunContext): Promise<Outcome> {
  const answer = await run.source.obtain(open);
  const response = examineAnswer(open, answer, run);
  if (open.staple.kind === 'usable') {
    const old = open.staple.response;
    if (sameOctets(old.der, response.der)) return tell.notNewer(open, 'same-response', run, answer);
    const gains = response.thisUpdate > old.thisUpdate || response.usefulUntil > old.usefulUntil;
    if (!gains && !run.options.force) return tell.notNewer(open, 'no-newer-response', run, answer);
  }
  if (run.options.dryRun) return tell.unchanged(open, 'dry-run', run, answer);
  const { warnings } = await installFor(open, response, run);
  return tell.updated(open, reason, response, run, { ...answer, warnings });
}
