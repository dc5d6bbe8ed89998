import type { Files, Processes } from '../system/system.js';
import type { Instant } from '../util/time.js';

/** The means of everything that writes files, the same for a whole run. */
export interface Tools {
  readonly files: Files;
  readonly processes: Processes;
  readonly now: Instant;
  randomBytes(count: number): Uint8Array;
}
