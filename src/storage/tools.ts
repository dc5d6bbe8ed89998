import type { Files, Processes } from '../system/system.js';
import type { Instant } from '../util/time.js';

/** What everything in this room works with; the same for a whole run. */
export interface Tools {
  readonly files: Files;
  readonly processes: Processes;
  readonly now: Instant;
  randomBytes(count: number): Uint8Array;
}
