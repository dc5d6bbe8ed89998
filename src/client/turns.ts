import type { Duration } from '../util/time.js';
import {
  type Attempt,
  byOtherMethod,
  type Cause,
  isSameForm,
  mayPass,
  type RequestForm,
  type RequestWay,
} from './attempt.js';

/** The way in which a responder is asked in a later round. */
export interface Turn extends RequestWay {
  readonly responder: URL;
  /** True if the responder has not been asked by this method. */
  readonly isNew: boolean;
  /** The time for which the responder asks to be left alone. */
  readonly retryAfter: Duration;
}

/**
 * Returns the next turn of a responder; undefined if waiting does not help. If requests got through, GET and POST take
 * turns: some responders, and firewalls before them, close the connection on one of them, or answer it with 500. They look
 * as if they were out of order. Because the methods alternate, one that is really out of order gets no more requests.
 *
 * @param tries the attempts with this responder
 */
export function nextTurn(responder: URL, plan: Plan, tries: readonly TriedAttempt[]): Turn | undefined {
  const last = tries.at(-1);
  if (last === undefined) return undefined;
  const { form, caches } = last.attempt;
  const turn = { responder, form, caches, isNew: false, retryAfter: last.retryAfter ?? 0 };
  if (last.cause === 'unreachable') return turn;
  const other = byOtherMethod(form);
  const before = tries.findLast(({ attempt }) => isSameForm(attempt.form, other));
  const isDue = before === undefined ? last.cause === 'passing' : mayPass(before.cause);
  if (isDue && plan.isPossible(responder, other))
    return { ...turn, form: other, caches: 'used', isNew: before === undefined };
  return mayPass(last.cause) ? turn : undefined;
}

/** An attempt that was made, as far as it decides the next one. */
export interface TriedAttempt {
  readonly attempt: Attempt;
  readonly cause: Cause;
  /** The time for which the responder asks to be left alone (RFC 9110 §10.2.3). */
  readonly retryAfter: Duration | undefined;
}

/** The plan of a fetch, known before the first attempt. */
export interface Plan {
  /** The responders, in the order in which they are asked. */
  readonly responders: readonly URL[];
  /** The number of times that a responder is asked if waiting may help. */
  readonly rounds: number;
  /** True if an extra round tries the other method even if `rounds` is 1. */
  readonly triesBothMethods: boolean;
  /** The limit of all pauses together. */
  readonly patience: Duration;
  /** Returns the most promising form. */
  firstForm(responder: URL): RequestForm;
  isPossible(responder: URL, form: RequestForm): boolean;
  /** Reports whether requests with this hash have brought good answers in this run. */
  isProven(responder: URL, hash: RequestForm['hash']): boolean;
}
