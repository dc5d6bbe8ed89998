import type { Exchange } from '../client/trace.js';
import type { ExchangeObserver, Fetched } from '../client/types.js';
import type { Entry } from '../configuration/model.js';
import { toOcspbotError } from '../util/errors.js';
import type { Outcome } from '../report/outcome.js';
import { servingWarnings } from '../services/warnings.js';
import type { Trigger, RefreshReason } from '../staple/decide.js';
import type { Subject } from '../x509/load.js';
import { type InspectedCertificate, decisionOf, inspect, fetchRequestFor } from './inspect.js';
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

async function attempt(entry: Entry, subject: Subject, run: RunContext, note: ExchangeObserver): Promise<Outcome> {
  let certificate: InspectedCertificate | undefined;
  try {
    certificate = inspect(entry, subject, run);
    return await settle(certificate, run, note);
  } catch (error) {
    const known = toOcspbotError(error);
    return certificate === undefined ? tell.broken(entry, known) : tell.notRefreshed(certificate, known, run);
  }
}

async function settle(certificate: InspectedCertificate, run: RunContext, note: ExchangeObserver): Promise<Outcome> {
  const decision = decisionOf(certificate, run, occasionOf(run));
  switch (decision.kind) {
    case 'keep':
      return tell.unchanged(certificate, 'fresh', run);
    case 'skip':
      return skip(certificate, decision.reason, run);
    case 'refresh':
      return await refresh(certificate, decision.reason, run, note);
  }
}

function occasionOf({ source, options }: RunContext): Trigger {
  switch (source.kind) {
    case 'given':
      return options.force ? 'given-by-force' : 'given';
    case 'backups':
      return 'rollback';
    case 'responders':
      return options.force ? 'forced' : 'due';
  }
}

async function refresh(certificate: InspectedCertificate, reason: RefreshReason, run: RunContext, note: ExchangeObserver): Promise<Outcome> {
  if (!run.options.dryRun) run.installer.expect(certificate.entry.ocsp);
  const fetchRequest = fetchRequestFor(certificate, run, run.options.force);
  const fetched = await run.source.fetch(fetchRequest, (answer) => judgeAnswer(certificate, answer, run), note);
  switch (fetched.kind) {
    case 'waiting':
      return tell.waiting(certificate, fetched, run);
    case 'refused':
      return tell.notRefreshed(certificate, fetched.error, run, fetched);
    case 'not-newer':
      return tell.notNewer(await letGo(certificate, run), fetched.reason, run, fetched);
    case 'good':
      return await install(certificate, reason, fetched, run);
  }
}

/** By force a staple that was put back is one like any other again, also where the responder gives just that. */
async function letGo(certificate: InspectedCertificate, { source, options, rollbacks }: RunContext): Promise<InspectedCertificate> {
  const { staple } = certificate;
  const isMeant = options.force && !options.dryRun && source.kind !== 'backups';
  if (!isMeant || staple.kind !== 'usable') return certificate;
  await rollbacks.forget(staple.response);
  return { ...certificate, isRestored: false };
}

async function install(
  certificate: InspectedCertificate,
  reason: RefreshReason,
  { response, ...evidence }: Extract<Fetched, { kind: 'good' }>,
  run: RunContext,
): Promise<Outcome> {
  if (run.options.dryRun) return tell.unchanged(certificate, 'dry-run', run, evidence);
  const installed = await installFor(certificate, response, run);
  const serving = servingWarnings(response, certificate.entry, run.configuration.services);
  const warnings = [...installed.warnings, ...serving];
  if (reason === 'rolled-back') return rolledBack(certificate, response, run, { ...evidence, warnings });
  return tell.updated(certificate, reason, response, run, { ...evidence, warnings });
}
