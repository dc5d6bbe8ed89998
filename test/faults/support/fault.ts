import type { Mode } from '../../support/responder.js';
import type { Bench } from './bench.js';

/** How a run goes wrong, or well in spite of all, and what it makes of that. */
export interface Fault {
  readonly name: string;
  arrange(bench: Bench): Promise<Arrangement> | Arrangement;
  /** Outcome and reason. */
  readonly outcome: string;
  /** Of the message. */
  readonly says: RegExp;
  /** Seconds of time limits that the run waits for. */
  readonly waits?: number;
}

export interface Arrangement {
  /** The responder that the certificate names; that of the stage without it. */
  readonly url?: string;
  /** What the responder of the stage does. */
  readonly mode?: Mode;
  /** `http` of the configuration. */
  readonly http?: Readonly<Record<string, unknown>>;
  /** Further keys of the configuration. */
  readonly keys?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the program runs in the world: only for faults that are listed as such. */
  readonly inWorld?: boolean;
  /** Files of the sandbox. */
  readonly files?: Readonly<Record<string, string>>;
}

/** So short that a test need not wait long, so long that the first octets come in time on a busy machine. */
export const HASTY = { timeout: '3s', connect_timeout: '1s' };
