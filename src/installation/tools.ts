import type { Files } from '../system/interfaces/files.js';
import type { Processes } from '../system/interfaces/processes.js';
import type { Instant } from '../time/instant.js';

/** What everything in this room works with; the same for a whole run. */
export interface Tools {
  readonly files: Files;
  readonly processes: Processes;
  readonly now: Instant;
  randomBytes(count: number): Uint8Array;
}
