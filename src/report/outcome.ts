import type { Exchange } from '../client/trace.js';
import type { Service } from '../configuration/model.js';
import type { ErrorCode, OcspbotError } from '../util/errors.js';
import type { Reload } from '../services/reload.js';
import type { RefreshReason } from '../staple/decide.js';
import type { Instant } from '../util/time.js';

/** What became of one certificate in a run. */
export type Outcome = OutcomeFacts &
  (
    | { readonly kind: 'updated'; readonly reason: RefreshReason }
    | { readonly kind: 'unchanged'; readonly reason: UnchangedReason }
    /** An attempt failed, a good staple is in place: tried again in the next run. */
    | {
        readonly kind: 'deferred';
        readonly reason: ErrorCode | 'no-newer-response';
        readonly isCritical: boolean;
      }
    /** There is no usable staple, and none could be had; or a rollback that was asked for could not be done. */
    | { readonly kind: 'failed'; readonly reason: ErrorCode }
    | { readonly kind: 'revoked'; readonly reason: 'certificate-revoked' }
    /** No OCSP for this certificate, and none needed. */
    | { readonly kind: 'not-applicable'; readonly reason: 'no-responder' | 'no-rev-avail' | 'short-lived' }
  );

/** `dry-run`: it would have been updated. `waiting`: the responder has said for how long it has no newer response. */
export type UnchangedReason = 'fresh' | 'same-response' | 'no-newer-response' | 'dry-run' | 'waiting';

export interface OutcomeFacts {
  readonly name: string;
  /** Where the server staples from. */
  readonly file: string;
  readonly services: readonly string[];
  /** What happened and why, for people. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string | undefined;
  readonly warnings: readonly string[];
  /** Of the staple that lies there now, where it is usable; a rollback by force may leave one that is not. */
  readonly staple: StapleTimes | undefined;
  /** What was tried and how it ended, in words; nothing where nobody was asked. */
  readonly attempts?: readonly string[] | undefined;
  /** Where nobody was asked because the last attempt was of no use: when somebody will be. */
  readonly retryAt?: Instant | undefined;
  /** The trouble of an earlier attempt, because of which nobody was asked. */
  readonly waitsFor?: { readonly why: string; readonly responder: string | undefined } | undefined;
  /** URL of the responder that was asked. */
  readonly responder: string | undefined;
  /** File of a response that the caller gave, or of a backup. */
  readonly given?: string | undefined;
  /** What was asked of responders, in order. */
  readonly exchanges?: readonly Exchange[];
}

export interface StapleTimes {
  readonly thisUpdate: Instant;
  readonly nextUpdate: Instant;
  readonly usefulUntil: Instant;
  /** When a new one will be fetched. */
  readonly refreshAt: Instant;
  readonly signer: string;
  /** What is unusual about it, but accepted. */
  readonly remarks: readonly string[];
}

/** How loudly an outcome is to be told. */
export type Urgency = 'none' | 'warning' | 'person';

/** `strict`: every failed attempt needs a person. */
export function urgencyOf(outcome: Outcome, strict: boolean): Urgency {
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

/** All that is to be told of a run that came to its end. */
export interface RunReport {
  readonly now: Instant;
  readonly dryRun: boolean;
  readonly strict: boolean;
  /** In the order of the configuration. */
  readonly outcomes: readonly Outcome[];
  /** Certificates that were not looked at: because of `stopped`, or else of `stop_on_error`. */
  readonly notReached: readonly string[];
  /** Why the run was ended before all was done. */
  readonly stopped: OcspbotError | undefined;
  readonly services: readonly Service[];
  /** What became of the reload commands that were run. */
  readonly reloads: readonly Reload[];
  /** Names of the services that are left to reload, debts of earlier runs and failed reloads included. */
  readonly reload: readonly string[];
  /** What an earlier run was stopped from telling, or failed to reload. */
  readonly owedBefore: readonly string[];
  /** What is wrong with what the caller gave, and whether it needs attention. */
  readonly complaints: readonly string[];
  readonly complaintsMatter: boolean;
  /** About the run as a whole. */
  readonly warnings: readonly string[];
  /** Files that only some certificates need, and that cannot be read: one of them may be why others failed. */
  readonly lacking: readonly string[];
  /** Why the run needs attention: with any reason the status has 32. */
  readonly attention: readonly string[];
  readonly status: number;
}
