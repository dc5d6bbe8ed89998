import type { Duration } from '../time/duration.js';
import { byOtherMethod, isSameForm, type Way } from './attempt.js';
import type { Plan, Try } from './plan.js';

/** What a responder is asked in a later round, when waiting may have helped. */
export interface Turn extends Way {
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
