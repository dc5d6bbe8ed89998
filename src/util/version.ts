import type { Instant } from './time.js';

declare const OCSPBOT_VERSION: string | undefined;
declare const OCSPBOT_BUILT: number | undefined;

export const VERSION = typeof OCSPBOT_VERSION === 'undefined' ? 'source' : OCSPBOT_VERSION;

/** When the running file was built (milliseconds): no clock that is right says less. 0 when run from source. */
export const BUILT: Instant = typeof OCSPBOT_BUILT === 'undefined' ? 0 : OCSPBOT_BUILT;
