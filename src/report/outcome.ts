import type { Exchange } from '../client/trace.js';
import type { Evidence, ExaminedAnswer, Origin } from '../client/types.js';
import type { Service } from '../configuration/model.js';
import type { ErrorCode, OcspbotError } from '../util/errors.js';
import type { Reload } from '../services/reload.js';
import type { RefreshReason } from '../staple/decide.js';
import type { Instant } from '../util/time.js';

/** The outcome of one certificate in a run. */
export type Outcome = OutcomeFacts &
  (
    | { readonly kind: 'updated'; readonly reason: RefreshReason }
    | { readonly kind: 'unchanged'; readonly reason: UnchangedReason }
    /** An attempt failed, but a good staple is in place. The next run tries again. */
    | {
        readonly kind: 'deferred';
        readonly reason: ErrorCode | 'no-newer-response';
        readonly isCritical: boolean;
      }
    /** There is no usable staple, and none was installed; or a rollback failed. */
    | { readonly kind: 'failed'; readonly reason: ErrorCode }
    | { readonly kind: 'revoked'; readonly reason: 'certificate-revoked' }
    /** Nothing can be stapled for the certificate, or need be, or its Secret was deleted meanwhile. */
    | {
        readonly kind: 'not-applicable';
        readonly reason: 'no-responder' | 'no-rev-avail' | 'short-lived' | 'secret-deleted';
      }
  );

/** The reason. `dry-run`: the staple would be updated. `waiting`: the responder has no newer response before a known time. */
export type UnchangedReason = 'fresh' | 'same-response' | 'no-newer-response' | 'dry-run' | 'waiting';

export interface OutcomeFacts {
  readonly name: string;
  /** The path of the staple. */
  readonly file: string;
  readonly services: readonly string[];
  /** The text for people that says what happened and why. */
  readonly message: string;
  /** The text for people that says what to do. */
  readonly hint: string | undefined;
  readonly warnings: readonly string[];
  /** Facts that need attention, whatever became of the staple: a CA certificate of the chain is revoked. */
  readonly alarms: readonly string[];
  /** The times of the staple in place; undefined if it is unusable, which a forced rollback may have restored. */
  readonly staple: StapleTimes | undefined;
  readonly basis: Basis;
  /** The traces of all requests, in order. */
  readonly exchanges: readonly Exchange[];
}

/** The answer or the earlier attempt on which an outcome rests; `none` if it rests on the files alone. */
export type Basis =
  | { readonly kind: 'none' }
  /** Nobody was asked because of an earlier attempt. `responder` is the URL that was not asked. */
  | { readonly kind: 'earlier-attempt'; readonly responder: string | undefined; readonly retryAt: Instant }
  /** If the verdict is good, whatever failed came after it: no responder is to blame. */
  | ({ readonly kind: 'answer'; readonly verdict: ExaminedAnswer['kind'] } & Evidence);

export const NO_BASIS: Basis = { kind: 'none' };

/** Returns the origin of the response that an outcome rests on; undefined if there is none. */
export function originIn({ basis }: Pick<Outcome, 'basis'>): Origin | undefined {
  return basis.kind === 'answer' ? basis.origin : undefined;
}

/** Returns a line about each attempt. */
export function attemptsIn({ basis }: Pick<Outcome, 'basis'>): readonly string[] {
  return basis.kind === 'answer' ? basis.attempts : [];
}

/** Returns the time of the next request, if none was sent because of an earlier attempt. */
export function retryTimeIn({ basis }: Pick<Outcome, 'basis'>): Instant | undefined {
  return basis.kind === 'earlier-attempt' ? basis.retryAt : undefined;
}

export interface StapleTimes {
  readonly thisUpdate: Instant;
  readonly nextUpdate: Instant;
  readonly usefulUntil: Instant;
  /** The time from which a new response is fetched. */
  readonly refreshAt: Instant;
  readonly signer: string;
  /** The warnings of the checks, which accepted the response. */
  readonly remarks: readonly string[];
}

/** The urgency of an outcome. `person` means that it needs attention. */
export type Urgency = 'none' | 'warning' | 'person';

/** Returns the urgency of an outcome. With `strict` every failed attempt needs attention. */
export function urgencyOf(outcome: Outcome, strict: boolean): Urgency {
  if (hasAlarms(outcome)) return 'person';
  switch (outcome.kind) {
    case 'updated':
      if (outcome.staple === undefined) return 'person';
      return outcome.warnings.length > 0 ? 'warning' : 'none';
    case 'unchanged':
    case 'not-applicable':
      return outcome.warnings.length > 0 ? 'warning' : 'none';
    case 'deferred':
      return strict || outcome.isCritical ? 'person' : 'warning';
    case 'failed':
    case 'revoked':
      return 'person';
  }
}

export function hasAlarms({ alarms }: Pick<Outcome, 'alarms'>): boolean {
  return alarms.length > 0;
}

/** The report of a run that came to its end. */
export interface RunReport {
  readonly now: Instant;
  readonly dryRun: boolean;
  readonly strict: boolean;
  /** The outcomes, in the order of the configuration. */
  readonly outcomes: readonly Outcome[];
  /** The names of certificates that were not reached because of `stopped` or `stop_on_error`. */
  readonly notReached: readonly string[];
  /** The error that stopped the run early. */
  readonly stopped: OcspbotError | undefined;
  readonly services: readonly Service[];
  /** The results of the reloads that this run made. */
  readonly reloads: readonly Reload[];
  /** The names of the services that are left to reload, including those of earlier runs and of failed reloads. */
  readonly reload: readonly string[];
  /** The names of the services whose reload earlier runs left pending. */
  readonly pendingBefore: readonly string[];
  /** Messages that concern no single certificate. */
  readonly complaints: readonly string[];
  /** True if the complaints need attention. */
  readonly complaintsMatter: boolean;
  /** The warnings about the run as a whole. */
  readonly warnings: readonly string[];
  /** Messages about unreadable files that only some certificates need. They may be the reason of failures. */
  readonly unusableFiles: readonly string[];
  /** The reasons why the run needs attention. If there is any, the status includes 32. */
  readonly attention: readonly string[];
  readonly status: number;
}
