import type { Mode } from '../../support/responder.js';
import type { FaultTools } from './fault-tools.js';

/** A fault of a responder or a network, and the expected result of a run. */
export interface Fault {
  readonly name: string;
  arrange(tools: FaultTools): Promise<Arrangement> | Arrangement;
  /** The expected outcome and reason. */
  readonly outcome: string;
  /** A pattern of the expected message. */
  readonly says: RegExp;
  /** Seconds that the run waits for time limits. */
  readonly waits?: number;
}

export interface Arrangement {
  /** The responder URL of the certificate; by default the common responder of these tests. */
  readonly url?: string;
  /** The mode of the common responder. */
  readonly mode?: Mode;
  /** The key `http` of the configuration. */
  readonly http?: Readonly<Record<string, unknown>>;
  /** Further keys of the configuration. */
  readonly keys?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** The program runs in the test network. Only for the faults that are listed for it. */
  readonly inTestNetwork?: boolean;
  /** Further files of the sandbox. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Time limits that are short for tests, but long enough for the first bytes on a busy machine. */
export const HASTY = { timeout: '3s', connect_timeout: '1s' };
