import type { Urgency } from '../report/outcome.js';
import type { Attempt, DayCounts, LastReload, RequestCounts } from '../state/attempts.js';
import type { LastRuns } from '../state/last-run.js';
import type { Instant } from '../util/time.js';

/**
 * Everything that is known of a configuration at one moment, without asking anybody: plain data, judged once. The table,
 * the JSON, the plugin, the metrics and whatever else shows it are functions of it, so that none can disagree.
 */
export interface Snapshot {
  readonly now: Instant;
  /** The configuration file, as the caller names it. */
  readonly file: string;
  /** Its absolute path. */
  readonly path: string;
  /** The selected certificates, in the order of the configuration. */
  readonly certificates: readonly CertificateStatus[];
  readonly services: readonly ServiceStatus[];
  /** Places that may hold more certificates but cannot be read, and damage of the state folder. */
  readonly problems: readonly string[];
  /** The warnings about the configuration, such as an included folder that does not exist. Each run shows them. */
  readonly warnings: readonly string[];
  /** The last runs that looked at all certificates. */
  readonly runs: LastRuns;
  /** A run is at work now: what it has changed may not be reloaded yet. */
  readonly isRunning: boolean;
  /** The requests by the origin of the responder. */
  readonly responders: ReadonlyMap<string, RequestCounts>;
  /** The renewals of each day of the last weeks, by the day in UTC. */
  readonly days: ReadonlyMap<string, DayCounts>;
  /** The last reload by the name of the service. */
  readonly reloads: ReadonlyMap<string, LastReload>;
}

/** The states of a certificate, the most urgent first. docs/monitoring.md explains them. */
export const STATES = [
  'revoked',
  'expired',
  'broken',
  'missing',
  'critical',
  'blocked',
  'waiting',
  'due',
  'fresh',
  'not-applicable',
] as const;

/**
 * The state of a certificate:
 * - `revoked`: the staple in place, or the last answer of a responder, says so of the certificate or an issuer
 * - `expired`: the certificate itself
 * - `broken`: its files cannot be read
 * - `missing`: there is no usable staple
 * - `critical`: the staple is usable, but should have been replaced long ago
 * - `blocked`: the staple is usable, but a run could not replace it
 * - `waiting`: the refresh is due, but a run does not ask yet because of an earlier answer
 * - `due`, `fresh`, `not-applicable`: a run would fetch a staple, keep it, or has nothing to do
 */
export type State = (typeof STATES)[number];

/** A certificate and its staple. */
export interface CertificateStatus {
  readonly name: string;
  /** The path of the staple. */
  readonly file: string;
  /** Names of services; empty for a certificate of no service. */
  readonly services: readonly string[];
  readonly state: State;
  /** `person` means that it needs attention: a run with this result sets 32. */
  readonly urgency: Urgency;
  /** The action that a run would take now. */
  readonly action: Action;
  /** The text for people that says why, as a run would say it. */
  readonly message: string;
  readonly hint: string | undefined;
  readonly warnings: readonly string[];
  /** undefined if the files of the certificate cannot be read. */
  readonly identity: Identity | undefined;
  /** undefined if there is no usable staple. */
  readonly staple: StapleLife | undefined;
  readonly lastAttempt: LastAttempt | undefined;
}

/** The action that a run would take now. `reason` is a stable code. */
export interface Action {
  readonly kind: 'keep' | 'fetch' | 'rewrite' | 'wait' | 'fail' | 'nothing';
  readonly reason: string;
  /** The time of the next request, if it is known. */
  readonly next: Instant | undefined;
}

/** The facts of a certificate that do not change. Texts are as the certificate has them. */
export interface Identity {
  readonly serial: string;
  readonly notAfter: Instant;
  /** The common name of the issuer. */
  readonly issuer: string;
  /** The URL that is asked first, as it is written. */
  readonly responder: string | undefined;
  readonly isMustStaple: boolean;
  /** The kind and size of the key, like `RSA 2048`. */
  readonly key: string;
}

/** The life of a usable staple. */
export interface StapleLife {
  readonly thisUpdate: Instant;
  readonly nextUpdate: Instant;
  /** The time from which it counts for this certificate. */
  readonly from: Instant;
  readonly usefulUntil: Instant;
  readonly refreshAt: Instant;
  readonly criticalAt: Instant;
  /** True if a rollback has restored it. */
  readonly isRestored: boolean;
}

export interface LastAttempt extends Attempt {
  /** True if it brought neither a new staple nor the news that there is none yet. */
  readonly isFailure: boolean;
}

export interface ServiceStatus {
  readonly name: string;
  readonly exitBit: number;
  /** True if its reload is pending. */
  readonly isPending: boolean;
  /** The number of selected certificates that it uses. */
  readonly certificates: number;
}

/** Sorts certificates by urgency: the worst first, and among those of a state the one whose staple ends first. */
export function byUrgency(certificates: readonly CertificateStatus[]): readonly CertificateStatus[] {
  const rank = ({ state }: CertificateStatus) => STATES.indexOf(state);
  const end = ({ staple }: CertificateStatus) => staple?.usefulUntil ?? 0;
  return certificates.toSorted((one, other) => rank(one) - rank(other) || end(one) - end(other));
}

export function needsAttention({ urgency }: CertificateStatus): boolean {
  return urgency === 'person';
}

/** Reports whether clients are given a staple that says good. A staple of a revoked certificate is none. */
export function isStapled({ staple, state }: CertificateStatus): boolean {
  return staple !== undefined && state !== 'revoked' && state !== 'expired';
}

/** Reports whether anything in a snapshot needs attention. */
export function isAttentionNeeded({ certificates, problems }: Snapshot): boolean {
  return problems.length > 0 || certificates.some(needsAttention);
}
