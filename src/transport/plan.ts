import type { Duration } from '../time/duration.js';
import type { Attempt, Form } from './attempt.js';
import type { Cause } from './causes.js';

/** An attempt that was of no use. */
export interface Try {
  readonly attempt: Attempt;
  readonly cause: Cause;
  /** For how long the responder asks to be left alone (RFC 9110 §10.2.3). */
  readonly retryAfter: Duration | undefined;
}

/** What is known before the first attempt. */
export interface Plan {
  /** In the order in which they are asked. */
  readonly responders: readonly URL[];
  /** How often each is asked where waiting may mend it. */
  readonly rounds: number;
  /** Whether a method gets its turn also where there is but one round. */
  readonly triesBothMethods: boolean;
  /** For all pauses together. */
  readonly patience: Duration;
  /** The most promising one. */
  firstForm(responder: URL): Form;
  isPossible(responder: URL, form: Form): boolean;
  /** Whether this hash has brought good answers in this run. */
  isProven(responder: URL, hash: Form['hash']): boolean;
}
