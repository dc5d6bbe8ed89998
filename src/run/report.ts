import type { Configuration } from '../configuration/model.js';
import { toOcspbotError } from '../util/errors.js';
import { statusOf } from '../report/exit-status.js';
import { hasAlarms, type Outcome, type RunReport, urgencyOf } from '../report/outcome.js';
import type { Reload } from '../services/reload.js';
import type { LockedState } from '../state/locked-state.js';
import type { Stop } from '../system/system.js';
import type { Outcomes, RunOrder } from './types.js';

/** Returns the services that need a reload: first those of earlier runs, then those whose staples have changed. */
export function servicesToReload(outcomes: Outcomes, before: LockedState['before']): string[] {
  const changed = outcomes.flatMap((outcome) => (outcome?.kind === 'updated' ? outcome.services : []));
  return [...new Set([...before.services, ...changed])];
}

interface Reloads {
  readonly state: Pick<LockedState, 'before' | 'warnings'>;
  /** The problems of folders that could not be synced. */
  readonly unsettled: readonly string[];
  /** The names of the services that needed a reload before this run made any. */
  readonly pending: readonly string[];
  readonly reloads: readonly Reload[];
}

/** Makes the report of a run, with its exit status. */
export function makeReport(
  { work, stop: { signal }, configuration, options: { strict, dryRun }, now }: RunOrder,
  results: Outcomes,
  { state: { before, warnings }, unsettled, pending, reloads }: Reloads,
): RunReport {
  const { services } = configuration;
  const outcomes = results.filter((outcome) => outcome !== undefined);
  const done = namesOf(['reloaded', 'pushed'], reloads);
  const failed = namesOf(['failed'], reloads);
  const reload = pending.filter((name) => !done.has(name));
  const notReached = work.entries.flatMap(({ name }, index) => (results[index] === undefined ? [name] : []));
  const attention = [
    ...troublesIn(outcomes, strict),
    ...[...failed].map((name) => `${name} is not reloaded`),
    // The staples of certificates that were not reached may be anything.
    ...(notReached.length === 0 ? [] : [`${notReached.length} not looked at`]),
    ...(work.attention === undefined ? [] : [work.attention]),
  ];
  return {
    now,
    dryRun,
    strict,
    outcomes,
    notReached,
    stopped: signal.aborted ? toOcspbotError(signal.reason) : undefined,
    services,
    reloads,
    reload,
    pendingBefore: before.services,
    complaints: work.complaints,
    complaintsMatter: work.attention !== undefined,
    unusableFiles: unusableFilesIn(configuration),
    warnings: [...(before.warning === undefined ? [] : [before.warning]), ...warnings, ...unsettled],
    attention,
    status: statusOf(reload, services, attention.length > 0),
  };
}

function unusableFilesIn({ defects }: Configuration): string[] {
  const unusableFiles = defects.filter(({ effect }) => effect === 'unusable-file');
  return unusableFiles.map(({ message, hint }) => (hint === undefined ? message : `${message}: ${hint}`));
}

/** Counts the outcomes that need attention, one text for each kind. */
function troublesIn(outcomes: readonly Outcome[], strict: boolean): string[] {
  const pressing = outcomes.filter((outcome) => urgencyOf(outcome, strict) === 'person');
  const words = pressing.map((outcome) => {
    if (hasAlarms(outcome)) return 'with a revoked issuer';
    if (outcome.kind === 'deferred') return outcome.isCritical ? 'critical' : 'deferred (--strict)';
    return outcome.kind === 'updated' ? 'restored though past its time' : outcome.kind;
  });
  return [...new Set(words)].map((word) => `${words.filter((one) => one === word).length} ${word}`);
}

/**
 * Returns the services whose reload is left to the caller. A reload that failed stays pending, because the next run tries
 * it again. After an interruption all stay pending, because the caller may not look at the status.
 */
export function acknowledgedIn({ reload, reloads }: RunReport, { interruption }: Stop): string[] {
  if (interruption.aborted) return [];
  const failed = namesOf(['failed'], reloads);
  return reload.filter((name) => !failed.has(name));
}

function namesOf(kinds: readonly Reload['kind'][], reloads: readonly Reload[]): Set<string> {
  return new Set(reloads.flatMap(({ kind, service }) => (kinds.includes(kind) ? [service] : [])));
}
