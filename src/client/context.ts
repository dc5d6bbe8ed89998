import type { HttpSettings } from '../configuration/model.js';
import type { Http } from '../http/types.js';
import type { Duration, Instant } from '../util/time.js';
import type { CircuitBreakers } from './circuit-breaker.js';
import type { ResponderHistory } from './history.js';
import type { SingleFlight } from './single-flight.js';
import type { ConnectionSettings } from './trace.js';

/** The settings and means that all requests of a run share. */
export interface ClientContext {
  readonly settings: HttpSettings;
  readonly now: Instant;
  /** The product and its version, like `ocspbot/1.0.0`. */
  readonly userAgent: string;
  readonly breakers: CircuitBreakers;
  /** Returns the history, which is read on the first call. */
  history(): ResponderHistory;
  /** Returns the HTTP client, which is opened on the first call. */
  http(): Promise<Http>;
  /** The proxy and trust settings that the curl line of a trace needs. */
  readonly connection: ConnectionSettings;
  /** Aborted when no further request is to be sent. */
  readonly stop: AbortSignal;
  /** Returns a random number from 0 to 1. */
  chance(): number;
  sleep(duration: Duration): Promise<void>;
  randomBytes(count: number): Uint8Array;
  readonly singleFlight: SingleFlight;
}
