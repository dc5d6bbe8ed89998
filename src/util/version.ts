import type { Instant } from './time.js';

declare const OCSPBOT_VERSION: string | undefined;
declare const OCSPBOT_BUILT: number | undefined;

export const VERSION = typeof OCSPBOT_VERSION === 'undefined' ? 'source' : OCSPBOT_VERSION;

/** The build time of the running file. A clock that shows an earlier time is wrong. 0 when run from source. */
export const BUILT: Instant = typeof OCSPBOT_BUILT === 'undefined' ? 0 : OCSPBOT_BUILT;
