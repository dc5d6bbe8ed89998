// This page tells one run, from the lock of the state folder to the exit status, and what happens to each certificate
// in between. Read it first: the other files of this folder are its details.

import type { Exchange } from '../client/trace.js';
import type { ExchangeObserver, ResponseVerifier } from '../client/types.js';
import { NO_BASIS, type Outcome, type RunReport } from '../report/outcome.js';
import { DRY_RUN_STATE, lockState } from '../state/locked-state.js';
import { toOcspbotError } from '../util/errors.js';
import { assertOneIssuer } from './authorities.js';
import { forEachCertificate } from './each-certificate.js';
import { closeSource, openRun, ownerOf } from './context.js';
import { endOf } from './end.js';
import type { Prepared } from './entries.js';
import { decisionOf, fetchRequestFor, type FirstLook, type OpenCertificate } from './decision.js';
import { inspect, type InspectedCertificate } from './inspect.js';
import { endRollbackIfForced, installFor, renewIssuerResponses } from './install.js';
import { atPresent } from './present.js';
import { skip } from './skip.js';
import * as outcome from './outcome.js';
import { installed } from './installed-outcome.js';
import { basisOf } from './outcome-facts.js';
import { recordAttempts, recordOf } from './record.js';
import { reloadServices } from './reloads.js';
import { acknowledgedIn, makeReport, servicesToReload } from './report.js';
import { withSharedFiles } from './shared.js';
import type { Listener, RunContext, RunOrder } from './types.js';
import { verifyAnswer } from './verify-answer.js';

/**
 * Refreshes the certificates of an order, reloads their services and reports.
 *
 * @throws OcspbotError `locked`, or the error of a state folder that cannot be written to: then nothing was changed
 */
export async function refreshAll(order: RunOrder, listener: Listener): Promise<RunReport> {
  const { work, stop, configuration, options, system, now } = order;
  const state = options.dryRun
    ? DRY_RUN_STATE
    : await lockState(ownerOf(configuration), { ...system, now }, listener.warn);
  try {
    const run = openRun(order, state);
    if (state.predecessor === 'died') {
      await run.installer.removeStaleTemporaryFiles(configuration.entries.map(({ ocsp }) => ocsp));
    }
    listener.begin(work.entries.map(({ name }) => name));

    // Most certificates are settled by a look at their staples. Many of the others are refreshed at a time, but only a few
    // that ask the same host. Certificates that share a file are refreshed together.
    const refresh = withSharedFiles(run, refreshCertificate);
    // Each certificate is looked at in its turn with `stop_on_error`, and that may be late in the run.
    const inTurn = () => (configuration.stopOnError ? atPresent(run) : run);
    const steps = { look: (prepared: Prepared) => lookAt(prepared, inTurn(), listener.kept), refresh };
    const results = await forEachCertificate(order, run, steps, listener.done);
    const { outcomes } = results;

    // The new staples are on the disk before they are reported.
    const unsettled = await run.installer.settle();

    // Each service is reloaded once, after all certificates, also for reloads that earlier runs left pending.
    const pending = servicesToReload(outcomes, state.before);
    const after = atPresent(run);
    const reloads = await reloadServices(pending, outcomes, { order, run: after, state }, listener.reloaded);

    // The exit status is in the report. It names the services whose reload is left to the caller.
    const report = makeReport(order, outcomes, { state, unsettled, pending, reloads });
    // The record of the run is for people and monitoring. No later run depends on it.
    await recordAttempts(order, { ...results, report }, listener);
    const record = recordOf(order, report);
    if (record !== undefined) state.conclude(record);
    await listener.ended?.(endOf(order, after, results, { report, before: state.runs, record }));
    const isDelivered = await listener.deliver(report, stop.interruption);
    // If nobody took the report, its reloads stay pending: the next run asks for them again.
    if (isDelivered) state.acknowledge(acknowledgedIn(report, stop));
    return report;
  } finally {
    await closeSource(work.source, listener);
    // The release also removes the reloads that were acknowledged.
    await state.release();
  }
}

/** Looks at one certificate, and settles it if its staple is good and not due. Errors end here. */
export function lookAt(prepared: Prepared, run: RunContext, tellKept?: Listener['kept']): FirstLook {
  const { entry } = prepared;
  if (prepared.kind === 'broken')
    return { kind: 'settled', outcome: outcome.broken(entry, run.explain(entry, prepared.error)) };
  try {
    // The certificate and the issuer whose key signed it are known. Now the staple in place is read and verified.
    const certificate = inspect(entry, prepared.subject, run);
    // It is kept until its refresh is due, or the caller wants another one.
    const decision = decisionOf(certificate, run, run.trigger);
    if (decision.kind !== 'keep') return { kind: 'open', certificate, decision };
    const kept = outcome.unchanged(certificate, 'fresh', run);
    tellKept?.(certificate, kept);
    return settled(kept);
  } catch (error) {
    return settled(outcome.broken(entry, run.explain(entry, toOcspbotError(error))));
  }
}

/** Refreshes one certificate, and adds the traces of its requests. Errors end here: no certificate hurts another. */
export async function refreshCertificate(open: OpenCertificate, run: RunContext): Promise<Outcome> {
  const exchanges: Exchange[] = [];
  try {
    const result = await refreshInspected(open, run, (exchange) => void exchanges.push(exchange));
    return { ...result, exchanges };
  } catch (error) {
    return { ...outcomeOfError(open.certificate, error, run), exchanges };
  }
}

/** Makes the outcome of a certificate whose refresh an error has stopped. */
function outcomeOfError(
  certificate: InspectedCertificate,
  error: unknown,
  run: RunContext,
  basis = NO_BASIS,
): Outcome {
  const explained = run.explain(certificate.entry, toOcspbotError(error));
  return outcome.notRefreshed(certificate, explained, run, { basis });
}

function settled(result: Outcome): FirstLook {
  return { kind: 'settled', outcome: result };
}

/** Fetches, verifies and installs. Throws OcspbotErrors: then the old staple stands. */
async function refreshInspected(
  { certificate, decision }: OpenCertificate,
  run: RunContext,
  observe: ExchangeObserver,
): Promise<Outcome> {
  if (decision.kind === 'skip') return skip(certificate, decision.reason, run);
  if (decision.only === 'issuer-responses') return await refreshIssuerResponses(certificate, run);

  // Answers come from responders, from files that were supplied, or from backups. Each passes the checks of
  // RFC 6960 §3.2, as the staple in place has.
  if (!run.options.dryRun) run.installer.expect(certificate.entry.ocsp);
  assertOneIssuer(certificate.question);
  const request = fetchRequestFor(certificate, run, run.trigger);
  const verify: ResponseVerifier = (answer) => verifyAnswer(certificate, answer, atPresent(run));
  const fetched = await run.source.fetch(request, verify, observe);
  if (fetched.kind !== 'good') {
    // If a forced run finds nothing newer, a staple that was restored is refreshed like any other from now on.
    const kept = await endRollbackIfForced(certificate, fetched.kind, run);
    // The responses about the issuers may be due nevertheless.
    const renewal = await renewIssuerResponses(kept, run);
    if (renewal.kind === 'renewed')
      return installed(kept, decision.reason, { ...renewal, basis: basisOf(fetched, kept) }, run);
    return { ...outcome.notFetched(kept, fetched, run), alarms: renewal.alarms };
  }
  const { response } = fetched;
  const basis = basisOf(fetched, certificate);
  if (run.options.dryRun) return outcome.unchanged(certificate, 'dry-run', run, { basis });

  // The new staple is written to a temporary file, synced, read back and compared. The old one is backed up, and the
  // reload is recorded as pending. If the clock and the file in place still allow it, a rename replaces the old staple. Its
  // folder is synced once, at the end of the run.
  try {
    const { warnings, alarms } = await installFor(certificate, response, run);
    return installed(certificate, decision.reason, { response, basis, warnings, alarms }, run);
  } catch (error) {
    return outcomeOfError(certificate, error, run, basis);
  }
}

/** Renews the responses about the issuers. The response about the certificate itself is not due. */
async function refreshIssuerResponses(certificate: InspectedCertificate, run: RunContext): Promise<Outcome> {
  if (!run.options.dryRun) run.installer.expect(certificate.entry.ocsp);
  const renewal = await renewIssuerResponses(certificate, run);
  if (renewal.kind === 'renewed') return installed(certificate, 'due', { ...renewal, basis: NO_BASIS }, run);
  return outcome.unchanged(certificate, renewal.kind === 'same' ? 'fresh' : 'dry-run', run, renewal);
}
