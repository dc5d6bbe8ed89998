import type { Configuration } from '../configuration/model.js';
import { toOcspbotError } from '../util/errors.js';
import { statusOf } from '../report/exit-status.js';
import { type Outcome, type RunReport, urgencyOf } from '../report/outcome.js';
import type { Reload } from '../services/reload.js';
import type { LockedState } from '../state/locked-state.js';
import type { PendingNames } from '../state/pending-reload-files.js';
import type { Stop } from '../system/system.js';
import type { RunOrder } from './types.js';
type Results = readonly (Outcome | undefined)[];

/** Those of earlier runs first, then those whose staples have changed. */
export function servicesToReload(results: Results, before: PendingNames): string[] {
  const changed = results.flatMap((outcome) => (outcome?.kind === 'updated' ? outcome.services : []));
  return [...new Set([...before.services, ...changed])];
}

interface Reloads {
  readonly state: Pick<LockedState, 'before' | 'warnings'>;
  /** Names of the services that needed a reload. */
  readonly pending: readonly string[];
  readonly reloads: readonly Reload[];
}

/** `results` are those of the prepared ones; undefined for the ones that were not looked at. */
export function makeReport(
  { work, configuration, options: { strict, dryRun }, now }: RunOrder,
  results: Results,
  { state: { before, warnings }, pending, reloads }: Reloads,
): RunReport {
  const { signal } = work.stop;
  const { services } = configuration;
  const outcomes = results.filter((outcome) => outcome !== undefined);
  const done = namesOf(['reloaded', 'pushed'], reloads);
  const failed = namesOf(['failed'], reloads);
  const reload = pending.filter((name) => !done.has(name));
  const notReached = work.prepared.flatMap(({ entry }, index) =>
    results[index] === undefined ? [entry.name] : [],
  );
  const attention = [
    ...troublesIn(outcomes, strict),
    ...[...failed].map((name) => `${name} is not reloaded`),
    // Nobody knows what lies there.
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
    owedBefore: before.services,
    complaints: work.complaints,
    complaintsMatter: work.attention !== undefined,
    lacking: lackingIn(configuration),
    warnings: [...(before.warning === undefined ? [] : [before.warning]), ...warnings],
    attention,
    status: statusOf(reload, services, attention.length > 0),
  };
}

function lackingIn({ defects }: Configuration): string[] {
  const lacking = defects.filter(({ effect }) => effect === 'unusable-file');
  return lacking.map(({ message, hint }) => (hint === undefined ? message : `${message}: ${hint}`));
}

/** Counts the outcomes that need attention, by what they are. */
function troublesIn(outcomes: readonly Outcome[], strict: boolean): string[] {
  const pressing = outcomes.filter((outcome) => urgencyOf(outcome, strict) === 'person');
  const words = pressing.map((outcome) => {
    if (outcome.kind === 'deferred') return outcome.isCritical ? 'critical' : 'deferred (--strict)';
    return outcome.kind === 'updated' ? 'restored though past its time' : outcome.kind;
  });
  return [...new Set(words)].map((word) => `${words.filter((one) => one === word).length} ${word}`);
}

/**
 * A caller that is told reloads the rest. What we failed to reload stays owed: we ourselves try again. So does all where
 * somebody has interrupted the run: he may not look at its status.
 */
export function acknowledgedIn({ reload, reloads }: RunReport, { interruption }: Stop): string[] {
  if (interruption.aborted) return [];
  const failed = namesOf(['failed'], reloads);
  return reload.filter((name) => !failed.has(name));
}

function namesOf(kinds: readonly Reload['kind'][], reloads: readonly Reload[]): Set<string> {
  return new Set(reloads.flatMap(({ kind, service }) => (kinds.includes(kind) ? [service] : [])));
}
