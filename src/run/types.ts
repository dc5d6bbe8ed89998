import type { IssuerResponders } from '../client/responder-url.js';
import type { StapleSource, WaitFor } from '../client/types.js';
import type { Configuration, Entry } from '../configuration/model.js';
import type { Installer } from '../installation/types.js';
import type { VerifiedResponse } from '../ocsp/verify/verify.js';
import type { Forgivable } from '../ocsp/verify/question.js';
import type { Outcome, RunReport } from '../report/outcome.js';
import type { Reload } from '../services/reload.js';
import type { Trigger } from '../staple/decide.js';
import type { LastRuns } from '../state/last-run.js';
import type { Rollbacks } from '../state/rollbacks.js';
import type { Stop, System } from '../system/system.js';
import type { OcspbotError } from '../util/errors.js';
import type { Instant } from '../util/time.js';
import type { Certificate } from '../x509/certificate.js';
import type { Prepared } from './entries.js';
import type { Selection } from './selection.js';
import type { InspectedCertificate, InspectionContext } from './inspect.js';
import type { PendingReloads } from './pending-reloads.js';

export interface RefreshOptions extends Selection {
  /** True if `--force` was given. RunContext says what it allows. */
  readonly force: boolean;
  /** The run fetches and verifies, but writes nothing. */
  readonly dryRun: boolean;
  /** Every failed attempt needs attention. */
  readonly strict: boolean;
  /** The run executes reload commands even if the configuration does not ask for it. */
  readonly reload: boolean;
}

/** The clock of a run. */
export interface Clock {
  /** The time at which the run began. What it finds then is judged by it. */
  readonly now: Instant;
  /** The time at which this program was built. A clock that is before it is wrong. */
  readonly earliest: Instant;
  /** Reads the clock again. `present.ts` says for what. */
  clock(): Instant;
}

/** The settings and means that all certificates of a run share. */
export interface RunContext extends Clock {
  readonly configuration: Configuration;
  readonly options: RefreshOptions;
  readonly system: Pick<System, 'files' | 'breathe' | 'relieveMemory' | 'limitHeapGrowth'>;
  readonly trustedResponders: readonly Certificate[];
  readonly issuerResponders: IssuerResponders;
  readonly source: StapleSource;
  readonly issuerResponses: IssuerResponseSource;
  /** The reason of the run. A forced run refreshes staples that are not due. */
  readonly trigger: Trigger;
  /** True if the new staple may be older than the one in place. */
  readonly mayBeOlder: boolean;
  /** The failures that are accepted. A forced rollback may restore a response that has expired. */
  readonly forgiven: readonly Forgivable[];
  readonly installer: Installer;
  readonly rollbacks: Rollbacks;
  readonly pending: PendingReloads;
  readonly writeBack: Work['writeBack'];
  readonly explain: NonNullable<Work['explain']>;
}

/** The responses about CA certificates for `format: pem-chain`. The certificates of a run have few issuers. */
export interface IssuerResponseSource {
  /** The source of the run itself, not that of a shared file: its recorded answers are about other certificates. */
  readonly source: StapleSource;
  /** The responses by the keys of their certificates. */
  readonly known: Map<string, Promise<IssuerResponse>>;
}

export type IssuerResponse =
  /** `tooShort`: the words for a response that ends before the next run. */
  | { readonly kind: 'good'; readonly response: VerifiedResponse; readonly tooShort?: string }
  /** Nobody was asked, and nobody supplied one. */
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly problem: string }
  /** `alarm` says that the certificate is revoked, and what to do. */
  | { readonly kind: 'revoked'; readonly alarm: string };

/** The part of a run's context that outcomes depend on. */
export interface OutcomeContext extends Pick<RunContext, 'configuration' | 'now'> {
  readonly source: Pick<StapleSource, 'kind'>;
}

/** The outcomes of a run, in the order of the configuration; undefined for each certificate that was not reached. */
export type Outcomes = readonly (Outcome | undefined)[];

/** The certificates of a run, and the source of their responses. */
export interface Work {
  readonly entries: readonly Entry[];
  /** Reads the certificate files of one of these entries. */
  prepare(entry: Entry): Prepared;
  /** Told the certificates for which the source may be asked, before it is asked for the first one. */
  expect(prepared: readonly Prepared[]): void;
  readonly source: StapleSource;
  /** Hands a verified response to the place that its copy came from, before the copy is replaced. If it throws, neither changes. */
  writeBack?(entry: Entry, content: Uint8Array): Promise<void>;
  /** Explains an error of an entry in terms of the place that its files came from. */
  explain?(entry: Entry, error: OcspbotError): OcspbotError;
  /** Messages that concern no single certificate. */
  readonly complaints: readonly string[];
  /** Says which places beside the configuration could not be read: nobody knows which certificates are there. */
  readonly unknownPlaces?: readonly string[];
  /** The reason why the complaints need attention (status 32), in a few words; undefined if they do not. */
  readonly attention: string | undefined;
  /** Messages that are shown only with `--verbose`. */
  readonly notes: readonly string[];
}

/** The end of a run, as far as the certificates do not show it. */
export interface RunEnd {
  /** True if nothing needs attention. */
  readonly isGood: boolean;
  /** The last complete runs, with this one if it looked at all certificates. */
  readonly runs: LastRuns;
  /** Says which places beside the configuration could not be read. */
  readonly unknownPlaces: readonly string[];
  /** The services whose reload stays pending after the caller was told. */
  readonly pending: readonly string[];
  /** The settings, the clock and the means by which the run has inspected its certificates. */
  readonly context: InspectionContext;
  /** The waits with which the next run begins; undefined if this one could ask no responder. */
  readonly waitFor: WaitFor | undefined;
  /** Certificates that are not kept, as they were inspected: the run has left their files alone. */
  readonly untouched: readonly InspectedCertificate[];
}

/** The receiver of the events of a run. */
export interface Listener {
  /** Called before the first certificate, with the names of all certificates of the run. */
  begin(names: readonly string[]): void;
  /** Called with a certificate that is kept, and its outcome: what was inspected stays as it is. */
  kept?(certificate: InspectedCertificate, outcome: Outcome): void;
  /** Called when a certificate and all before it in the configuration are done. */
  done(outcome: Outcome): void;
  /** Called after the reload of each service, whether it succeeded or failed. */
  reloaded(reload: Reload): void;
  /** Called when the run is over, before its report, for those who look at it from outside. */
  ended?(end: RunEnd): Promise<void>;
  /**
   * Hands the report to the caller, and returns whether it was taken. If so, the caller knows the services that are left
   * to reload. The wait ends when the signal is aborted.
   */
  deliver(report: RunReport, signal: AbortSignal): Promise<boolean>;
  /** Called for a problem that is not one of the work itself, mostly after the report. */
  warn(text: string, hint: string | undefined): void;
}

/** The order for a run: its certificates, configuration, options and means. */
export interface RunOrder extends Clock {
  readonly work: Work;
  /** Stops the run before all certificates are done. */
  readonly stop: Stop;
  readonly configuration: Configuration;
  readonly options: RefreshOptions;
  readonly system: System;
}

/** A response that the caller supplied, not yet read. */
export interface SuppliedResponse {
  /** The name of its file, or `standard input`. */
  readonly name: string;
  /** The operand of the command line that led to it: its name, or the folder that it is in. */
  readonly operand: string;
  readonly bytes: Uint8Array;
}
