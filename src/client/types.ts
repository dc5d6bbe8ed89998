import type { Entry } from '../configuration/model.js';
import type { OcspbotError } from '../util/errors.js';
import type { Asked, Question } from '../ocsp/verify/question.js';
import type { Examination, VerifiedResponse } from '../ocsp/verify/verify.js';
import type { Staple } from '../staple/staple.js';
import type { Instant } from '../util/time.js';
import type { ResponderChoice } from './responder-url.js';
import type { Exchange } from './trace.js';

/** The source of the responses of a run. Only this differs between a refresh, an installation and a rollback. */
export interface StapleSource {
  /**
   * `given` is a source of responses that the caller supplied, whether a refresh is due or not.
   * `backups` is a source of earlier staples, one of which a rollback restores.
   */
  readonly kind: 'responders' | 'given' | 'backups';
  /**
   * Fetches answers until one passes verification or nobody is left to ask. Every exchange is observed as soon as it is
   * over, whether it succeeded or failed. Throws OcspbotErrors.
   */
  fetch(
    fetchRequest: FetchRequest,
    verifyAnswer: ResponseVerifier,
    observe: ExchangeObserver,
  ): Promise<Fetched>;
  /** Returns the wait that keeps a run from asking now, with what this one has learnt; undefined if nobody is asked. */
  readonly waitFor?: WaitFor;
  /** Returns the responses about another certificate that came with those of an entry, not yet verified. */
  readonly besides?: (entry: Entry, other: CertificateIdentity) => readonly Uint8Array[];
  /** Closes connections and saves what was learnt. Returns what there is to say about it. Throws OcspbotErrors. */
  close(): Promise<readonly string[]>;
}

/** Returns the wait of an earlier request that would keep a run from asking now. Throws OcspbotErrors of choosing the responder. */
export type WaitFor = (fetchRequest: FetchRequest) => Waiting | undefined;

/** The receiver of the traces of requests. */
export type ExchangeObserver = (exchange: Exchange) => void;

/** The request for a response about one certificate. */
export interface FetchRequest {
  readonly entry: Entry;
  readonly question: Question;
  readonly responders: ResponderChoice;
  /** The staple in place. */
  readonly staple: Staple;
  readonly urgency: RequestUrgency;
  /** True if something else waits for the result: each responder is asked in one round, and a later run tries again. */
  readonly isBrief?: boolean | undefined;
}

/** The issuer and the serial number, which identify a certificate (RFC 6960 §4.1.1). */
export type CertificateIdentity = Pick<Question, 'issuer' | 'serialNumber'>;

/** The urgency of a request. */
export type RequestUrgency =
  /** The staple in place is good, and not critical before `criticalAt`. */
  | { readonly kind: 'due'; readonly criticalAt: Instant }
  /** The caller forces the request. */
  | { readonly kind: 'forced' }
  /** The staple in place is missing, unusable or critical. */
  | { readonly kind: 'urgent' };

/** A response that is not yet verified. */
export interface Answer {
  readonly body: Uint8Array;
  readonly origin: Origin;
  /** The hash and nonce of the request; undefined if no responder was asked. */
  readonly asked?: Asked | undefined;
  /** The examination of a response that was chosen among several. Its signature is not checked again. */
  readonly examination?: Examination | undefined;
}

/** The origin of a response. */
export type Origin =
  | { readonly kind: 'responder'; readonly url: string }
  /** A file that the caller supplied, or a backup. */
  | { readonly kind: 'file'; readonly name: string };

export type ResponseVerifier = (answer: Answer) => ExaminedAnswer;

/** The result of verifying an answer. */
export type ExaminedAnswer =
  | { readonly kind: 'good'; readonly response: VerifiedResponse }
  /** The answer passes, but the staple in place is as good. */
  | { readonly kind: 'not-newer'; readonly reason: 'same-response' | 'no-newer-response' }
  | { readonly kind: 'refused'; readonly error: OcspbotError };

/** The result of a fetch. */
export type Fetched = (ExaminedAnswer & Evidence) | Waiting;

/** No request was sent: the wait after an earlier attempt is not over. */
export interface Waiting {
  readonly kind: 'waiting';
  readonly wait: Wait;
  readonly until: Instant;
}

export interface Evidence {
  /** The origin of the answer that decided; undefined if none did. */
  readonly origin: Origin | undefined;
  /** A line about each attempt; empty if no request was sent. */
  readonly attempts: readonly string[];
}

/** A time for which no request is sent. */
export interface Wait {
  readonly since: Instant;
  readonly until: Instant;
  /** The code of the error, or `no-newer-response`. */
  readonly why: string;
  /** The number of failures in a row. */
  readonly count: number;
}

/** The reason of a wait that follows no failure. */
export const NOT_NEWER = 'no-newer-response';
