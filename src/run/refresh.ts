import { loadIssuerResponders } from '../client/responder-url.js';
import type { StapleSource } from '../client/types.js';
import { type BackupPolicy, type Configuration, UNASSIGNED } from '../configuration/model.js';
import { describe, toOcspbotError } from '../util/errors.js';
import { createInstaller } from '../installation/install.js';
import type { Outcome, RunReport } from '../report/outcome.js';
import type { Reload } from '../services/reload.js';
import { type StateOwner, withLockedState } from '../state/ledger.js';
import { openRollbacks } from '../state/rollbacks.js';
import type { System } from '../system/system.js';
import { loadReadable } from '../x509/load.js';
import { processAll } from './concurrency.js';
import { openPendingReloads } from './pending-reloads.js';
import { runReloads } from './reloads.js';
import { makeReport, paidByTelling, servicesToReload } from './report.js';
import type { Clock, RefreshOptions } from './types.js';
import type { Work } from './work.js';

/** Whom a run tells what happens. */
export interface Listener {
  /** Before anything happens: which certificates it will be about. */
  begin(names: readonly string[]): void;
  /** As soon as a certificate and those before it in the configuration are done. */
  done(outcome: Outcome): void;
  /** As soon as a service has been told of its new staples, or could not be, after all certificates. */
  reloaded(reload: Reload): void;
  /**
   * Hands the whole to the caller. Whether he has taken it: then the services that are left to reload count as told. It
   * ends when the signal is aborted.
   */
  deliver(report: RunReport, signal: AbortSignal): Promise<boolean>;
  /** What went wrong beside the work itself, mostly after that. */
  warn(text: string, hint: string | undefined): void;
}

/**
 * One run over the certificates of its work.
 *
 * @throws OcspbotError `locked`, or of a state folder that cannot be written to: then nothing was changed
 */
export async function refresh(
  work: Work,
  configuration: Configuration,
  options: RefreshOptions,
  moment: Clock,
  system: System,
  listener: Listener,
): Promise<void> {
  const { prepared, source } = work;
  const trustedResponders = loadReadable(configuration.trustedResponders, system.files);
  const issuerResponders = loadIssuerResponders(configuration, system.files);
  const tools = { ...system, now: moment.now };
  const warn = (text: string, hint?: string) => listener.warn(text, hint);
  await withLockedState(ownerOf(configuration), options.dryRun, tools, warn, async (ledger) => {
    const paths = prepared.map(({ entry }) => entry.ocsp);
    const installer = createInstaller(
      { ...configuration, backups: backupsOf(configuration, source), paths },
      tools,
    );
    const rollbacks = openRollbacks(configuration, tools);
    const pending = openPendingReloads(ledger);
    const run = {
      configuration,
      options,
      system,
      trustedResponders,
      issuerResponders,
      source,
      installer,
      rollbacks,
      pending,
      ...moment,
    };
    try {
      if (ledger.predecessor === 'died') await installer.removeStaleTemporaryFiles(configuration.entries.map(({ ocsp }) => ocsp));
      listener.begin(prepared.map(({ entry }) => entry.name));
      const results = await processAll(work, run, (outcome) => listener.done(outcome));
      const owed = servicesToReload(results, ledger.before);
      const reloader = { ...run, system, interruption: work.stop.interruption };
      const reloads = await runReloads(owed, results, prepared, reloader, ledger, (one) =>
        listener.reloaded(one),
      );
      const { before, warnings } = ledger;
      const report = makeReport(work, results, { before, warnings, owed, reloads }, run);
      const isTold = await listener.deliver(report, work.stop.interruption);
      return isTold ? paidByTelling(report, work.stop) : [];
    } finally {
      // The caller has been told: nothing that fails now may change the status.
      await source.close().catch((error: unknown) => warn(describe(error), toOcspbotError(error).hint));
    }
  });
}

/** A rollback removes none: it would be the oldest, and whoever goes back step by step is on the way there. */
function backupsOf({ backups }: Configuration, { kind }: StapleSource): BackupPolicy {
  if (backups.kind === 'off' || kind !== 'backups') return backups;
  return { ...backups, keep: Infinity, maxAge: undefined };
}

/** Certificates of no service are those of this configuration only if it has some. */
function ownerOf({ ownState, stateFolder, services, entries }: Configuration): StateOwner {
  const named = services.map(({ name }) => name);
  const hasUnassigned = entries.some((entry) => entry.services.includes(UNASSIGNED));
  return {
    ownState,
    stateFolder,
    services: [UNASSIGNED, ...named],
    usedServices: hasUnassigned ? [UNASSIGNED, ...named] : named,
  };
}
