export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The real time, in whole seconds as certificates and responses have it: the program reads the real clock. */
export const NOW = Math.floor(Date.now() / SECOND) * SECOND;
