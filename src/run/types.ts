import type { IssuerResponders } from '../client/responder-url.js';
import type { StapleSource } from '../client/types.js';
import type { Configuration } from '../configuration/model.js';
import type { Installer } from '../installation/install.js';
import { type Forgivable, FORGIVABLE } from '../ocsp/verify/question.js';
import type { Outcome, RunReport } from '../report/outcome.js';
import type { Reload } from '../services/reload.js';
import type { Rollbacks } from '../state/rollbacks.js';
import type { Stop, System } from '../system/system.js';
import type { Instant } from '../util/time.js';
import type { Certificate } from '../x509/certificate.js';
import type { Prepared, Selection } from './entries.js';
import type { PendingReloads } from './pending-reloads.js';

export interface RefreshOptions extends Selection {
  /** Refresh what is not due, and let the new response be older than the installed one; of a rollback, let it be expired. */
  readonly force: boolean;
  /** Fetch and verify, write nothing. */
  readonly dryRun: boolean;
  /** Every failed attempt needs a person. */
  readonly strict: boolean;
  /** Run the reload commands of services, also when the configuration does not ask for it. */
  readonly reload: boolean;
}

/** The one reading of the clock, and before when no clock that is right can be. */
export interface Clock {
  readonly now: Instant;
  /** When this program was built. */
  readonly earliest: Instant;
  /** Reads the clock again, for what may have changed since. */
  clock(): Instant;
}

/** What all certificates of one run share. */
export interface RunContext extends Clock {
  readonly configuration: Configuration;
  readonly options: RefreshOptions;
  readonly system: Pick<System, 'files' | 'breathe'>;
  readonly trustedResponders: readonly Certificate[];
  readonly issuerResponders: IssuerResponders;
  readonly source: StapleSource;
  readonly installer: Installer;
  readonly rollbacks: Rollbacks;
  readonly pending: PendingReloads;
}

/** Whether what is installed may be older than what is in place. */
export function mayGoBack({ options, source }: Pick<RunContext, 'options' | 'source'>): boolean {
  return options.force || source.kind === 'backups';
}

/** Only a person who knows that it is an old one may want one that has expired. */
export function forgivenIn({
  options,
  source,
}: Pick<RunContext, 'options' | 'source'>): readonly Forgivable[] {
  return options.force && source.kind === 'backups' ? FORGIVABLE : [];
}
/** What a run is about: certificates, and where their answers come from. */
export interface Work {
  readonly prepared: readonly Prepared[];
  readonly source: StapleSource;
  /** Ends the run before all is done. */
  readonly stop: Stop;
  /** About what the caller gave, not about a certificate: for people. */
  readonly complaints: readonly string[];
  /** Why the complaints need attention (32), in a few words; undefined where they do not. */
  readonly attention: string | undefined;
  /** Said only with `--verbose`. */
  readonly notes: readonly string[];
}

/** Whom a run tells what happens. */
export interface Listener {
  /** Before anything happens: which certificates it will be about. */
  begin(names: readonly string[]): void;
  /** As soon as a certificate and those before it in the configuration are done. */
  done(outcome: Outcome): void;
  /** As soon as a service has been told of its new staples, or could not be, after all certificates. */
  reloaded(reload: Reload): void;
  /**
   * Hands the whole to the caller. Whether he has taken it: then the services that are left to reload count as told. It
   * ends when the signal is aborted.
   */
  deliver(report: RunReport, signal: AbortSignal): Promise<boolean>;
  /** What went wrong beside the work itself, mostly after that. */
  warn(text: string, hint: string | undefined): void;
}

/** One run: which certificates, by which configuration and options, with what means. */
export interface RunOrder extends Clock {
  readonly work: Work;
  readonly configuration: Configuration;
  readonly options: RefreshOptions;
  readonly system: System;
}
