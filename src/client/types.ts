import type { Entry } from '../configuration/model.js';
import type { OcspbotError } from '../util/errors.js';
import type { Asked, Question } from '../ocsp/verify/question.js';
import type { Examination, VerifiedResponse } from '../ocsp/verify/verify.js';
import type { Staple } from '../staple/staple.js';
import type { Instant } from '../util/time.js';
import type { Wait } from './history.js';
import type { ResponderChoice } from './responder-url.js';
import type { Exchange } from './trace.js';

/** Where the answers of a run come from. All else is the same for each. */
export interface StapleSource {
  /**
   * `given`: by the caller, who wants them looked at whether something is due or not.
   * `backups`: of what was in place before, which a rollback puts back.
   */
  readonly kind: 'responders' | 'given' | 'backups';
  /**
   * Until the judge is content with an answer, or there is nobody left to ask. Exchanges are noted as soon as they are
   * over, also those that fail. Throws OcspbotErrors.
   */
  fetch(fetchRequest: FetchRequest, judge: ResponseVerifier, note: ExchangeObserver): Promise<Fetched>;
  /** Throws OcspbotErrors. */
  close(): Promise<void>;
}

/** Takes down what was asked, and how it went. */
export type ExchangeObserver = (exchange: Exchange) => void;

/** About what an answer is wanted. */
export interface FetchRequest {
  readonly entry: Entry;
  readonly question: Question;
  readonly responders: ResponderChoice;
  /** What is in place. */
  readonly staple: Staple;
  readonly urgency: Urgency;
}

/** How much it matters that somebody is asked now. */
export type Urgency =
  /** There is time until it gets critical. */
  | { readonly kind: 'due'; readonly criticalAt: Instant }
  /** The caller wants it. */
  | { readonly kind: 'forced' }
  /** Nothing that can be used is in place, or what there is is about to end. */
  | { readonly kind: 'urgent' };

/** A response, not yet compared with what is in place. */
export interface Answer {
  readonly body: Uint8Array;
  readonly origin: Origin;
  /** Undefined where no responder was asked. */
  readonly asked?: Asked | undefined;
  /** Of one that was chosen among others: its signature is not checked again. */
  readonly examination?: Examination | undefined;
}

/** `responder`: its URL. `given`: name of the file, also of a backup. */
export type Origin = { readonly responder: string } | { readonly given: string };

export type ResponseVerifier = (answer: Answer) => ExaminedAnswer;

/** What an answer is worth. */
export type ExaminedAnswer =
  | { readonly kind: 'good'; readonly response: VerifiedResponse }
  /** Nothing is wrong with it, but what is in place is as good. */
  | { readonly kind: 'not-newer'; readonly reason: 'same-response' | 'no-newer-response' }
  | { readonly kind: 'refused'; readonly error: OcspbotError };

/** What came of it. */
export type Fetched =
  | (ExaminedAnswer & Evidence)
  /** Nobody was asked: an earlier run has been told to wait. */
  | { readonly kind: 'waiting'; readonly wait: Wait; readonly until: Instant };

export interface Evidence {
  /** Of the answer that counts; undefined where there was none. */
  readonly origin?: Origin | undefined;
  /** What was tried and how it ended, in words. */
  readonly attempts?: readonly string[] | undefined;
}
