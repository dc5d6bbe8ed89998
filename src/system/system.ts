import type { Instant } from '../time/instant.js';
import type { Duration } from '../time/duration.js';
import type { Files } from './interfaces/files.js';
import type { Http, HttpOptions } from './interfaces/http.js';
import type { Commands, Processes, Stop } from './interfaces/processes.js';
import type { Sockets, TlsClient } from './interfaces/servers.js';

/** Everything outside of the process. There is one real one (`node.ts`); rooms take the parts that they need. */
export interface System {
  readonly files: Files;
  readonly processes: Processes;
  readonly commands: Commands;
  readonly sockets: Sockets;
  readonly tls: TlsClient;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  now(): Instant;
  /** Lets signals and streams have their turn. */
  breathe(): Promise<void>;
  /** Ends before its time when the signal is aborted. */
  sleep(duration: Duration, stop?: AbortSignal): Promise<void>;
  randomBytes(count: number): Uint8Array;
  /** All of standard input; refuses with EFBIG above `limit` octets. */
  readInput(limit: number): Promise<Uint8Array>;
  /** Makes a text file anew. Throws errno errors. */
  openLog(path: string): { write(text: string): void };
  /** Ends a run that takes longer. */
  openStop(limit: Duration): Stop;
  /** A client of its own for whoever asks, who also closes it. Loaded when first asked for. */
  openHttp(options: HttpOptions): Promise<Http>;
}
