import type { Entry } from '../configuration/model.js';
import type { Staple } from '../staple/staple.js';
import type { Exchange } from '../transport/recording.js';
import type { Asked, Question } from '../verification/question.js';

/** Where the answers of a run come from. All else is the same for each. */
export interface Source {
  /**
   * `given`: by the caller, who wants them looked at whether something is due or not.
   * `backups`: of what was in place before, which a rollback puts back.
   */
  readonly kind: 'responders' | 'given' | 'backups';
  /** Throws OcspbotErrors. Exchanges are noted as soon as they are over, also those that fail. */
  obtain(wanted: Wanted, note: Note): Promise<Answer>;
  close(): Promise<void>;
}

/** Takes down what was asked, and how it went. */
export type Note = (exchange: Exchange) => void;

/** About what an answer is wanted. */
export interface Wanted {
  readonly entry: Entry;
  readonly question: Question;
  readonly staple: Staple;
  /** URLs of the certificate's responders. */
  readonly responders: readonly string[];
}

/** A response, not yet judged. */
export interface Answer {
  readonly body: Uint8Array;
  readonly origin: Origin;
  /** Undefined where no responder was asked. */
  readonly asked?: Asked | undefined;
}

/** `responder`: its URL. `given`: name of the file, also of a backup. */
export type Origin = { readonly responder: string } | { readonly given: string };
