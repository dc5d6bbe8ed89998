import type { Thresholds } from '../configuration/model.js';
import type { Instant } from '../util/time.js';
import { scheduleOf, scheduleOfRestored } from './schedule.js';
import type { Staple } from './staple.js';

/** What to do about one certificate. */
export type Decision =
  | { readonly kind: 'keep'; readonly until: Instant }
  | { readonly kind: 'refresh'; readonly reason: RefreshReason }
  | { readonly kind: 'skip'; readonly reason: SkipReason };

export type RefreshReason =
  'absent' | 'unreadable' | 'foreign' | 'unusable' | 'due' | 'forced' | 'given' | 'rolled-back';

export type SkipReason = 'not-replaceable' | 'certificate-expired' | 'clock-wrong' | 'no-responder';

/** What a decision needs to know of a staple. */
type StapleState =
  | { readonly kind: 'usable'; readonly response: Parameters<typeof scheduleOf>[0] }
  | { readonly kind: Exclude<Staple['kind'], 'usable'> };

/** Why it is looked at: to see whether it is due, because the caller wants a new one, gave one, or wants an old one back. */
export type Trigger = 'due' | 'forced' | 'given' | 'given-by-force' | 'rollback';

export interface Situation {
  readonly staple: StapleState;
  /** An administrator has put this staple back. */
  readonly isRestored: boolean;
  readonly certificate: { readonly notBefore: Instant; readonly notAfter: Instant };
  readonly thresholds: Thresholds;
  readonly hasResponder: boolean;
  readonly occasion: Trigger;
  readonly now: Instant;
  /** The clock cannot be right before it. */
  readonly earliest: Instant;
}

export function decide(situation: Situation): Decision {
  const { staple, certificate, now } = situation;
  const { occasion, isRestored } = situation;
  // Doubting the clock comes first: nothing is judged expired by a clock that is plainly wrong. But a response from
  // the future may also come from a CA whose clock was wrong, and then a person must be able to get rid of it.
  const isInsisted = occasion === 'forced' || occasion === 'given-by-force' || occasion === 'rollback';
  const isAhead = staple.kind === 'ahead' && !isInsisted;
  if (isAhead || now < Math.max(certificate.notBefore, situation.earliest))
    return { kind: 'skip', reason: 'clock-wrong' };
  // RFC 9919 §4.2: an expired certificate is not asked about.
  if (now > certificate.notAfter) return { kind: 'skip', reason: 'certificate-expired' };
  const isAsked = occasion === 'due' || occasion === 'forced';
  if (isAsked && !situation.hasResponder) return { kind: 'skip', reason: 'no-responder' };
  if (staple.kind === 'other') return { kind: 'skip', reason: 'not-replaceable' };
  if (occasion === 'rollback') return { kind: 'refresh', reason: 'rolled-back' };
  if (staple.kind === 'ahead') return { kind: 'refresh', reason: 'forced' };
  if (staple.kind !== 'usable') return { kind: 'refresh', reason: staple.kind };
  if (occasion === 'forced' || occasion === 'given-by-force') return { kind: 'refresh', reason: 'forced' };
  // A fleet is given responses every hour: that must not undo a rollback either.
  if (occasion === 'given' && !isRestored) return { kind: 'refresh', reason: 'given' };
  const schedule = isRestored ? scheduleOfRestored : scheduleOf;
  const { refreshAt } = schedule(staple.response, certificate, situation.thresholds);
  return now >= refreshAt ? { kind: 'refresh', reason: occasion } : { kind: 'keep', until: refreshAt };
}
