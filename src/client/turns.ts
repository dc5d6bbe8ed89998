import type { Duration } from '../util/time.js';
import {
  type Attempt,
  byOtherMethod,
  type Cause,
  type RequestForm,
  isSameForm,
  type RequestWay,
} from './attempt.js';

/** What a responder is asked in a later round, when waiting may have helped. */
export interface Turn extends RequestWay {
  readonly responder: URL;
  /** It has not been asked by this method. */
  readonly isNew: boolean;
  /** For how long the responder asks to be left alone. */
  readonly retryAfter: Duration;
}

/**
 * The next turn of a responder; undefined where waiting does not help. GET and POST take turns where requests got
 * through: some responders, and firewalls before them, hang up on one of both, or answer it by 500, as if they were
 * out of order. So a responder that is out of order is not asked more often.
 *
 * @param tries those of this responder
 */
export function nextTurn(responder: URL, plan: Plan, tries: readonly Try[]): Turn | undefined {
  const last = tries.at(-1);
  if (last === undefined) return undefined;
  const { form, caches } = last.attempt;
  const turn = { responder, form, caches, isNew: false, retryAfter: last.retryAfter ?? 0 };
  if (last.cause === 'unreachable') return turn;
  const other = byOtherMethod(form);
  const before = tries.findLast(({ attempt }) => isSameForm(attempt.form, other));
  const isDue = before === undefined ? last.cause === 'passing' : mayPass(before);
  if (isDue && plan.isPossible(responder, other))
    return { ...turn, form: other, caches: 'used', isNew: before === undefined };
  return mayPass(last) ? turn : undefined;
}

function mayPass({ cause }: Try): boolean {
  return cause === 'passing' || cause === 'unreachable';
}

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
  firstForm(responder: URL): RequestForm;
  isPossible(responder: URL, form: RequestForm): boolean;
  /** Whether this hash has brought good answers in this run. */
  isProven(responder: URL, hash: RequestForm['hash']): boolean;
}
