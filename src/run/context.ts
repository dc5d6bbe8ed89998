import type { StapleSource } from '../client/types.js';
import { type BackupPolicy, type Configuration, UNASSIGNED } from '../configuration/model.js';
import { createInstaller } from '../installation/installer.js';
import { FORGIVABLE } from '../ocsp/verify/question.js';
import type { LockedState, StateOwner } from '../state/locked-state.js';
import { describe, toOcspbotError } from '../util/errors.js';
import { openInspection } from './inspect.js';
import { openPendingReloads } from './pending-reloads.js';
import type { Listener, RunContext, RunOrder } from './types.js';

/** Gathers the settings and means that all certificates of a run share. */
export function openRun(order: RunOrder, state: LockedState): RunContext {
  const { work, configuration, options, system, now, earliest, clock } = order;
  const tools = { ...system, now };
  const paths = work.entries.map(({ ocsp }) => ocsp);
  const backups = backupsOf(configuration, work.source);
  return {
    ...openInspection(configuration, { now, earliest }, tools),
    options,
    system,
    clock,
    source: work.source,
    issuerResponses: { source: work.source, known: new Map() },
    ...permissionsOf(work.source, options.force),
    installer: createInstaller({ ...configuration, backups, paths }, tools),
    pending: openPendingReloads(state),
    writeBack: work.writeBack,
    explain: work.explain ?? ((_entry, error) => error),
  };
}

/** Closes connections and saves the history. The report has been delivered: a failure here must not change the status. */
export async function closeSource(source: StapleSource, listener: Pick<Listener, 'warn'>): Promise<void> {
  try {
    for (const note of await source.close()) listener.warn(note, undefined);
  } catch (error) {
    listener.warn(describe(error), toOcspbotError(error).hint);
  }
}

type Permissions = Pick<RunContext, 'trigger' | 'mayBeOlder' | 'forgiven'>;

/** Returns what a run may do. `--force` has another effect for each source. */
function permissionsOf({ kind }: StapleSource, force: boolean): Permissions {
  switch (kind) {
    case 'responders':
      return { trigger: force ? 'forced' : 'due', mayBeOlder: force, forgiven: [] };
    case 'given':
      return { trigger: force ? 'given-by-force' : 'given', mayBeOlder: force, forgiven: [] };
    case 'backups':
      return { trigger: 'rollback', mayBeOlder: true, forgiven: force ? FORGIVABLE : [] };
  }
}

/** Keeps all backups during a rollback: an administrator who goes back step by step needs the oldest one next. */
function backupsOf({ backups }: Configuration, { kind }: StapleSource): BackupPolicy {
  if (backups.kind === 'off' || kind !== 'backups') return backups;
  return { ...backups, keep: Infinity, maxAge: undefined };
}

/** Returns the owner of the state. UNASSIGNED stands for certificates without a service, and is used only if there are any. */
export function ownerOf({ ownState, stateFolder, services, entries }: Configuration): StateOwner {
  const named = services.map(({ name }) => name);
  const hasUnassigned = entries.some((entry) => entry.services.includes(UNASSIGNED));
  return {
    ownState,
    stateFolder,
    services: [UNASSIGNED, ...named],
    usedServices: hasUnassigned ? [UNASSIGNED, ...named] : named,
  };
}
