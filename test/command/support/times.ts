export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * The time at which the file of tests began, in whole seconds like the times in certificates and responses: the program
 * reads the real clock.
 */
export let NOW = wholeSeconds();

/** Begins a file of tests. A worker keeps this module for many files, and may live for an hour on a slow machine. */
export function readClock(): void {
  NOW = wholeSeconds();
}

function wholeSeconds(): number {
  return Math.floor(Date.now() / SECOND) * SECOND;
}
