import type { Thresholds } from '../configuration/model.js';
import type { Instant } from '../util/time.js';
import { type ResponseTimes, scheduleOf, scheduleOfRestored } from './schedule.js';
import type { Staple } from './staple.js';

/** The decision what to do about one certificate. */
export type Decision =
  | { readonly kind: 'keep'; readonly until: Instant }
  | {
      readonly kind: 'refresh';
      readonly reason: RefreshReason;
      /** Set if the response about the certificate itself is not due, only those about its issuers (`format: pem-chain`). */
      readonly only?: 'issuer-responses' | undefined;
    }
  | { readonly kind: 'skip'; readonly reason: SkipReason };

export type RefreshReason =
  'absent' | 'unreadable' | 'foreign' | 'unusable' | 'due' | 'forced' | 'given' | 'rolled-back';

export type SkipReason = 'not-replaceable' | 'certificate-expired' | 'clock-wrong' | 'no-responder';

/** The facts of a staple that a decision needs. */
type StapleState =
  | { readonly kind: 'usable'; readonly response: ResponseTimes }
  | { readonly kind: Exclude<Staple['kind'], 'usable'> };

/**
 * The trigger of a run: `due` looks whether a refresh is due, `forced` refreshes in any case, `given` installs a response
 * that the caller supplied, `given-by-force` installs even an older one, and `rollback` restores an earlier staple.
 */
export type Trigger = 'due' | 'forced' | 'given' | 'given-by-force' | 'rollback';

export interface Situation {
  readonly staple: StapleState;
  /** True if a rollback has restored this staple. */
  readonly isRestored: boolean;
  readonly certificate: { readonly notBefore: Instant; readonly notAfter: Instant };
  readonly thresholds: Thresholds;
  readonly hasResponder: boolean;
  readonly trigger: Trigger;
  readonly now: Instant;
  /** A clock that is before this time is wrong. */
  readonly earliest: Instant;
}

/** Decides by the staple in place, the times of the certificate, the clock and the trigger. */
export function decide(situation: Situation): Decision {
  const { staple, certificate, now } = situation;
  const { trigger, isRestored } = situation;
  // The clock is doubted first: a clock that is plainly wrong must not decide what has expired. But a response from the
  // future may also come from a CA whose clock was wrong. An administrator can replace it with --force.
  const isInsistent = trigger === 'forced' || trigger === 'given-by-force' || trigger === 'rollback';
  const isAhead = staple.kind === 'ahead' && !isInsistent;
  if (isAhead || now < Math.max(certificate.notBefore, situation.earliest))
    return { kind: 'skip', reason: 'clock-wrong' };
  // RFC 9919 §4.2: no request is sent about an expired certificate.
  if (now > certificate.notAfter) return { kind: 'skip', reason: 'certificate-expired' };
  const asksResponders = trigger === 'due' || trigger === 'forced';
  if (asksResponders && !situation.hasResponder) return { kind: 'skip', reason: 'no-responder' };
  if (staple.kind === 'other') return { kind: 'skip', reason: 'not-replaceable' };
  if (trigger === 'rollback') return { kind: 'refresh', reason: 'rolled-back' };
  if (staple.kind === 'ahead') return { kind: 'refresh', reason: 'forced' };
  if (staple.kind !== 'usable') return { kind: 'refresh', reason: staple.kind };
  if (trigger === 'forced' || trigger === 'given-by-force') return { kind: 'refresh', reason: 'forced' };
  // Responses may be supplied every hour, for a fleet of machines. This must not undo a rollback.
  if (trigger === 'given' && !isRestored) return { kind: 'refresh', reason: 'given' };
  const schedule = isRestored ? scheduleOfRestored : scheduleOf;
  const { refreshAt } = schedule(staple.response, certificate, situation.thresholds);
  return now >= refreshAt ? { kind: 'refresh', reason: trigger } : { kind: 'keep', until: refreshAt };
}
