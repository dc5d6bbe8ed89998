import type { Run } from '../../support/run.js';
import { bitsInLastLine, reportedBits } from '../support/invariants.js';

/** The record of a run of the program. */
export interface RunRecord {
  readonly begin: number;
  readonly end: number;
  readonly run: Run;
  /** The responder answered well during the whole run. */
  readonly responderWasGood: boolean;
}

/** A change of a staple, as seen by its watcher. */
export interface Change {
  readonly at: number;
  /** The exit bit of its service. */
  readonly bit: number;
}

/** Reports whether a run finished and looked at all certificates. */
export function isWhole({ run }: RunRecord): boolean {
  return run.status !== undefined && run.status < 64;
}

/**
 * Returns the changes that no run reported, although a run began after them and finished. A status in the last line of a
 * killed run counts as reported.
 */
export function unreportedChanges(records: readonly RunRecord[], changes: readonly Change[]): Change[] {
  return changes.filter(({ at, bit }) => {
    const next = records.find((record) => isWhole(record) && record.begin > at);
    if (next === undefined) return false;
    const told = records.filter(({ end }) => end >= at && end <= next.end);
    return !told.some((record) => ((reportedBits(record.run) | bitsInLastLine(record.run)) & bit) !== 0);
  });
}

/** Counts the runs that asked for a reload of a service. */
export function countReports(records: readonly RunRecord[], bit: number): number {
  return records.filter(({ run }) => (reportedBits(run) & bit) !== 0).length;
}
