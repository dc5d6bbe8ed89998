import manifest from '../package.json' with { type: 'json' };
import type { Instant } from './time/instant.js';

export const VERSION = manifest.version;

declare const OCSPBOT_BUILT: number | undefined;

/** When the running file was built (milliseconds): no clock that is right says less. 0 when run from source. */
export const BUILT: Instant = typeof OCSPBOT_BUILT === 'undefined' ? 0 : OCSPBOT_BUILT;
