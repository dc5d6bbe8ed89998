import type { Exchange } from '../client/trace.js';
import type { Note, Obtained } from '../client/types.js';
import type { Entry } from '../configuration/model.js';
import { toOcspbotError } from '../util/errors.js';
import type { Outcome } from '../report/outcome.js';
import { servingWarnings } from '../services/warnings.js';
import type { Occasion, RefreshReason } from '../staple/decide.js';
import type { Subject } from '../x509/load.js';
import { type Case, decisionOf, openCase, wantedFor } from './inspect.js';
import { installFor, judgeAnswer } from './judge.js';
import { rolledBack, skip } from './outcome-special.js';
import * as tell from './outcome.js';
import type { RunContext } from './types.js';

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
  if (!run.options.dryRun) run.installer.expect(open.entry.ocsp);
  const wanted = wantedFor(open, run, run.options.force);
  const obtained = await run.source.obtain(wanted, (answer) => judgeAnswer(open, answer, run), note);
  switch (obtained.kind) {
    case 'waiting':
      return tell.waiting(open, obtained, run);
    case 'refused':
      return tell.notRefreshed(open, obtained.error, run, obtained);
    case 'not-newer':
      return tell.notNewer(await letGo(open, run), obtained.reason, run, obtained);
    case 'good':
      return await install(open, reason, obtained, run);
  }
}

/** By force a staple that was put back is one like any other again, also where the responder gives just that. */
async function letGo(open: Case, { source, options, putBack }: RunContext): Promise<Case> {
  const { staple } = open;
  const isMeant = options.force && !options.dryRun && source.kind !== 'backups';
  if (!isMeant || staple.kind !== 'usable') return open;
  await putBack.forget(staple.response);
  return { ...open, isPutBack: false };
}

async function install(
  open: Case,
  reason: RefreshReason,
  { response, ...evidence }: Extract<Obtained, { kind: 'good' }>,
  run: RunContext,
): Promise<Outcome> {
  if (run.options.dryRun) return tell.unchanged(open, 'dry-run', run, evidence);
  const installed = await installFor(open, response, run);
  const serving = servingWarnings(response, open.entry, run.configuration.services);
  const warnings = [...installed.warnings, ...serving];
  if (reason === 'rolled-back') return rolledBack(open, response, run, { ...evidence, warnings });
  return tell.updated(open, reason, response, run, { ...evidence, warnings });
}
