import type { Run } from '../../support/run.js';
import { lastWords, toldBits } from '../support/aftermath.js';

/** One run of the program, and whether the responder was good to it all the time. */
export interface Entry {
  readonly begin: number;
  readonly end: number;
  readonly run: Run;
  readonly isFair: boolean;
}

/** A staple that was seen to be another one. */
export interface Change {
  readonly at: number;
  /** Of its service. */
  readonly bit: number;
}

/** It came to its end, and looked at all certificates. */
export function isWhole({ run }: Entry): boolean {
  return run.status !== undefined && run.status < 64;
}

/**
 * Changes that a run which began after them, and came to its end, has left untold, nor were they somebody's last words.
 */
export function untold(entries: readonly Entry[], changes: readonly Change[]): Change[] {
  return changes.filter(({ at, bit }) => {
    const next = entries.find((entry) => isWhole(entry) && entry.begin > at);
    if (next === undefined) return false;
    const told = entries.filter(({ end }) => end >= at && end <= next.end);
    return !told.some((entry) => ((toldBits(entry.run) | lastWords(entry.run)) & bit) !== 0);
  });
}

/** How often a reload was told of a service. */
export function tellings(entries: readonly Entry[], bit: number): number {
  return entries.filter(({ run }) => (toldBits(run) & bit) !== 0).length;
}
