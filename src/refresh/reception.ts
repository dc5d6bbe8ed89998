import type { HttpSettings } from '../configuration/model.js';
import type { Memory } from '../memory/memory.js';
import type { Http } from '../system/interfaces/http.js';
import type { Duration } from '../time/duration.js';
import type { Instant } from '../time/instant.js';
import type { Ways } from '../transport/recording.js';
import type { CircuitBreakers } from './circuit-breaker.js';

/** What all certificates of a run share while responders are asked. */
export interface Reception {
  readonly settings: HttpSettings;
  readonly now: Instant;
  /** Product and version, like `ocspbot/1.0.0`. */
  readonly userAgent: string;
  readonly breakers: CircuitBreakers;
  /** Read, and opened, when first asked for. */
  memory(): Memory;
  http(): Promise<Http>;
  /** What a request by hand would need to go the same way. */
  readonly ways: Ways;
  /** Aborted when there is to be no more asking. */
  readonly stop: AbortSignal;
  /** A number from 0 to 1. */
  chance(): number;
  sleep(duration: Duration): Promise<void>;
  randomBytes(count: number): Uint8Array;
  /** What is put in the same words about the same certificate is put once. */
  once<T>(certificate: string, words: string, put: () => Promise<T>): Promise<T>;
}
