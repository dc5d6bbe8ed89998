import { openWaits } from '../client/access.js';
import { type Configuration, unknownPlaces, UNASSIGNED, UNASSIGNED_BIT } from '../configuration/model.js';
import { openPreparation } from '../run/entries.js';
import { openInspection } from '../run/inspect.js';
import { selectEntries, type Selection } from '../run/selection.js';
import type { Clock } from '../run/types.js';
import { type Attempts, readAttempts } from '../state/attempts.js';
import { readKnownRuns } from '../state/locked-state.js';
import { openPendingReloadStore, type PendingReloadStore } from '../state/pending-reloads.js';
import type { Tools } from '../storage/tools.js';
import type { System } from '../system/system.js';
import { look, statusOf } from './certificate-status.js';
import type { CertificateStatus, ServiceStatus, Snapshot } from './snapshot.js';

/**
 * Takes a snapshot of the selected certificates. It reads files only: no lock, no network, nothing is written. It cannot see
 * the TLS Secrets of a cluster, and reports them as a problem. Throws `usage` for a selection without certificates.
 */
export function takeSnapshot(
  configuration: Configuration,
  selection: Selection,
  moment: Clock,
  system: System,
): Snapshot {
  const { files } = system;
  const { now } = moment;
  const { folder } = configuration.ownState;
  const attempts = readAttempts(folder, system);
  const context = openInspection(configuration, moment, system);
  const waitFor = openWaits(folder, { ...system, now });
  const records = { configuration, now, attempts, context, waitFor };
  const prepare = openPreparation(files, now);
  const certificates = selectEntries(configuration, selection).map((entry) =>
    statusOf(look(prepare(entry), context), records),
  );
  const snapshot = snapshotOf(certificates, { configuration, attempts }, { ...system, now });
  return { ...snapshot, problems: [...snapshot.problems, ...unseenSecrets(configuration)] };
}

function unseenSecrets({ kubernetes }: Configuration): string[] {
  if (kubernetes === undefined) return [];
  return ['the TLS Secrets of "kubernetes" are not looked at here, only by a run: see its exit status'];
}

interface Known {
  readonly configuration: Configuration;
  readonly attempts: Attempts;
}

/** Makes the snapshot of certificates that are judged, with what the state folder has. */
export function snapshotOf(
  certificates: readonly CertificateStatus[],
  { configuration, attempts }: Known,
  tools: Tools,
): Snapshot {
  const { services, warning } = pendingIn(configuration, tools);
  return {
    now: tools.now,
    file: configuration.file,
    path: configuration.path,
    certificates,
    // If a file of pending reloads cannot be read, that is the problem, and not each service.
    services: servicesIn(configuration, certificates, warning === undefined ? services : []),
    problems: [...unknownCertificates(configuration), ...(warning === undefined ? [] : [warning])],
    warnings: configuration.warnings,
    ...readKnownRuns(configuration.ownState.folder, tools),
    responders: attempts.responders,
    days: attempts.days,
    reloads: attempts.reloads,
  };
}

function unknownCertificates({ defects }: Configuration): string[] {
  return unknownPlaces(defects).map(
    ({ message }) => `${message}, and nobody knows which certificates are there`,
  );
}

function pendingIn(
  { ownState, services, entries }: Configuration,
  tools: Tools,
): ReturnType<PendingReloadStore['read']> {
  const used = new Set([...services.map(({ name }) => name), ...entries.flatMap((one) => one.services)]);
  return openPendingReloadStore(ownState.folder, [...used], tools).read();
}

function servicesIn(
  { services, entries }: Configuration,
  certificates: readonly CertificateStatus[],
  pending: readonly string[],
): ServiceStatus[] {
  const counts = new Map<string, number>();
  for (const one of certificates)
    for (const name of one.services.length === 0 ? [UNASSIGNED] : one.services)
      counts.set(name, (counts.get(name) ?? 0) + 1);
  const unassigned = { name: UNASSIGNED, exitBit: UNASSIGNED_BIT };
  const hasUnassigned = entries.some((entry) => entry.services.includes(UNASSIGNED));
  return [...services, ...(hasUnassigned ? [unassigned] : [])].map(({ name, exitBit }) => ({
    name,
    exitBit,
    isPending: pending.includes(name),
    certificates: counts.get(name) ?? 0,
  }));
}
