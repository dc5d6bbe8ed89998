// One run, from the lock of the state to the exit status, and one certificate in it. Read this page first.

import type { Exchange } from '../client/trace.js';
import type { Answer, ExchangeObserver } from '../client/types.js';
import { lockState } from '../state/locked-state.js';
import { toOcspbotError } from '../util/errors.js';
import type { Outcome, RunReport } from '../report/outcome.js';
import { forEachByHost } from './concurrency.js';
import { closeSource, openRun, ownerOf, triggerOf } from './context.js';
import type { Prepared } from './entries.js';
import { decisionOf, fetchRequestFor, inspect, type InspectedCertificate } from './inspect.js';
import { forgetRollback, installFor } from './install.js';
import { judgeAnswer } from './judge.js';
import { skip } from './outcome-special.js';
import * as outcome from './outcome.js';
import { reloadServices } from './reloads.js';
import { acknowledgedIn, makeReport, servicesToReload } from './report.js';
import type { Listener, RunContext, RunOrder } from './types.js';

/**
 * Refreshes the certificates of an order, reloads their services and reports.
 *
 * @throws OcspbotError `locked`, or of a state folder that cannot be written to: then nothing was changed
 */
export async function refreshAll(order: RunOrder, listener: Listener): Promise<RunReport> {
  const { work, configuration, options, system, now } = order;
  const state = await lockState(ownerOf(configuration), options.dryRun, { ...system, now }, listener.warn);
  try {
    const run = openRun(order, state);
    if (state.predecessor === 'died') {
      await run.installer.removeStaleTemporaryFiles(configuration.entries.map(({ ocsp }) => ocsp));
    }
    listener.begin(work.prepared.map(({ entry }) => entry.name));

    const refreshOne = (prepared: Prepared) => refreshCertificate(prepared, run);
    const outcomes = await forEachByHost(work, run, refreshOne, listener.done);
    const pending = servicesToReload(outcomes, state.before);
    const reloads = await reloadServices(pending, outcomes, { order, run, state }, listener.reloaded);

    const report = makeReport(order, outcomes, { state, pending, reloads });
    const wasTaken = await listener.deliver(report, work.stop.interruption);
    // The next run asks again for the reloads of a report that nobody has taken.
    if (wasTaken) state.acknowledge(acknowledgedIn(report, work.stop));
    return report;
  } finally {
    await closeSource(work.source, listener);
    await state.release();
  }
}

/** Refreshes one certificate, and keeps a trace of its requests. Errors end here: no certificate hurts another. */
export async function refreshCertificate(prepared: Prepared, run: RunContext): Promise<Outcome> {
  if (prepared.kind === 'broken') return outcome.broken(prepared.entry, prepared.error);
  const exchanges: Exchange[] = [];
  const result = await refreshReadable(prepared, run, (exchange) => void exchanges.push(exchange));
  return { ...result, exchanges };
}

type Readable = Extract<Prepared, { kind: 'ready' }>;

/** Inspects, decides, fetches, verifies and installs. */
async function refreshReadable(
  { entry, subject }: Readable,
  run: RunContext,
  observe: ExchangeObserver,
): Promise<Outcome> {
  let certificate: InspectedCertificate | undefined;
  try {
    // The certificate and the issuer whose key signed it are known; now the staple in place is read and verified.
    certificate = inspect(entry, subject, run);
    const inspected = certificate;
    const decision = decisionOf(inspected, run, triggerOf(run));
    if (decision.kind === 'keep') return outcome.unchanged(inspected, 'fresh', run);
    if (decision.kind === 'skip') return skip(inspected, decision.reason, run);

    // The source is the responders, files that were supplied, or backups. Each answer passes the checks of RFC 6960 §3.2,
    // as the staple in place has, by the same reading of the clock.
    if (!run.options.dryRun) run.installer.expect(entry.ocsp);
    const verifyAnswer = (answer: Answer) => judgeAnswer(inspected, answer, run);
    const fetched = await run.source.fetch(
      fetchRequestFor(inspected, run, run.options.force),
      verifyAnswer,
      observe,
    );
    if (fetched.kind !== 'good')
      return outcome.notFetched(await forgetRollback(inspected, fetched.kind, run), fetched, run);
    if (run.options.dryRun) return outcome.unchanged(inspected, 'dry-run', run, fetched);

    // The reload is recorded as pending; then temporary file, fsync, read back, verify again, backup, rename, fsync.
    const { warnings } = await installFor(inspected, fetched.response, run);
    return outcome.installed(inspected, decision.reason, { ...fetched, warnings }, run);
  } catch (error) {
    const known = toOcspbotError(error);
    return certificate === undefined
      ? outcome.broken(entry, known)
      : outcome.notRefreshed(certificate, known, run);
  }
}
