import type { Subject } from '../certificates/subject.js';
import type { Entry } from '../configuration/model.js';
import type { Occasion, RefreshReason } from '../decision/decide.js';
import { toOcspbotError } from '../errors.js';
import type { Outcome } from '../report/outcome.js';
import type { Exchange } from '../transport/recording.js';
import { decisionOf, openCase, type Case } from './case.js';
import { examineAnswer } from './examine.js';
import { installFor } from './install.js';
import * as tell from './outcomes.js';
import { rolledBack } from './rolled-back.js';
import { mayGoBack, type RunContext } from './run-context.js';
import { skip } from './skip.js';
import type { Note } from './source.js';

/** Looks after one certificate, whatever happens: this is where errors end. */
export async function refreshCertificate(entry: Entry, subject: Subject, run: RunContext): Promise<Outcome> {
  const exchanges: Exchange[] = [];
  const outcome = await attempt(entry, subject, run, (exchange) => void exchanges.push(exchange));
  return { ...outcome, exchanges };
}

async function attempt(entry: Entry, subject: Subject, run: RunContext, note: Note): Promise<Outcome> {
  let open: Case | undefined;
  try {
    open = openCase(entry, subject, run);
    return await settle(open, run, note);
  } catch (error) {
    const known = toOcspbotError(error);
    return open === undefined ? tell.broken(entry, known) : tell.notRefreshed(open, known, run);
  }
}

async function settle(open: Case, run: RunContext, note: Note): Promise<Outcome> {
  const decision = decisionOf(open, run, occasionOf(run));
  switch (decision.kind) {
    case 'keep':
      return tell.unchanged(open, 'fresh', run);
    case 'skip':
      return skip(open, decision.reason, run);
    case 'refresh':
      return await refresh(open, decision.reason, run, note);
  }
}

function occasionOf({ source, options }: RunContext): Occasion {
  switch (source.kind) {
    case 'given':
      return options.force ? 'given-by-force' : 'given';
    case 'backups':
      return 'rollback';
    case 'responders':
      return options.force ? 'forced' : 'due';
  }
}

async function refresh(open: Case, reason: RefreshReason, run: RunContext, note: Note): Promise<Outcome> {
  const answer = await run.source.obtain(open, note);
  const response = examineAnswer(open, answer, run);
  if (open.staple.kind === 'usable') {
    const old = open.staple.response;
    if (Buffer.from(old.der).equals(response.der)) return tell.notNewer(open, 'same-response', run, answer);
    const gains = response.thisUpdate > old.thisUpdate || response.usefulUntil > old.usefulUntil;
    if (!gains && !mayGoBack(run)) return tell.notNewer(open, 'no-newer-response', run, answer);
  }
  if (run.options.dryRun) return tell.unchanged(open, 'dry-run', run, answer);
  const { warnings } = await installFor(open, response, run);
  if (reason === 'rolled-back') return rolledBack(open, response, run, { ...answer, warnings });
  return tell.updated(open, reason, response, run, { ...answer, warnings });
}
