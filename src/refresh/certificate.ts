import type { Subject } from '../certificates/subject.js';
import type { Entry } from '../configuration/model.js';
import type { Occasion, RefreshReason } from '../decision/decide.js';
import { toOcspbotError } from '../errors.js';
import type { Outcome } from '../report/outcome.js';
import { decisionOf, openCase, type Case } from './case.js';
import { judgeAnswer } from './examine.js';
import { installFor } from './install.js';
import * as tell from './outcomes.js';
import type { RunContext } from './run-context.js';
import { skip } from './skip.js';
import type { Obtained } from './source.js';
import { wantedFor } from './wanted.js';

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
  const obtained = await run.source.obtain(wantedFor(open, run, run.options.force), (answer) =>
    judgeAnswer(open, answer, run),
  );
  switch (obtained.kind) {
    case 'waiting':
      return tell.waiting(open, obtained, run);
    case 'refused':
      return tell.notRefreshed(open, obtained.error, run, obtained);
    case 'not-newer':
      return tell.notNewer(open, obtained.reason, run, obtained);
    case 'good':
      return await install(open, reason, obtained, run);
  }
}

async function install(
  open: Case,
  reason: RefreshReason,
  { response, ...evidence }: Extract<Obtained, { kind: 'good' }>,
  run: RunContext,
): Promise<Outcome> {
  if (run.options.dryRun) return tell.unchanged(open, 'dry-run', run, evidence);
  const { warnings } = await installFor(open, response, run);
  return tell.updated(open, reason, response, run, { ...evidence, warnings });
}
