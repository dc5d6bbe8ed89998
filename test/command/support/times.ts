export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * The current time in whole seconds, like the times in certificates and responses: the program reads the real clock.
 */
export const NOW = Math.floor(Date.now() / SECOND) * SECOND;
