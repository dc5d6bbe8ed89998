import type { Duration } from '../time/duration.js';
import type { Instant } from '../time/instant.js';
import type { Commands, Files, Http, Processes } from './interfaces.js';

/** Everything outside of the process. There is one real one (`node.ts`); rooms take the parts that they need. */
export interface System {
  readonly files: Files;
  readonly processes: Processes;
  readonly commands: Commands;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  now(): Instant;
  randomBytes(count: number): Uint8Array;
  sleep(duration: Duration): Promise<void>;
  /** All of standard input; refuses with EFBIG above `limit` octets. */
  readInput(limit: number): Promise<Uint8Array>;
  /** Makes a text file anew. Throws errno errors. */
  openLog(path: string): { write(text: string): void };
  /** A client of its own for whoever asks, who also closes it. Loaded when first asked for. */
  openHttp(options: { connectionsPerHost: number }): Promise<Http>;
}
