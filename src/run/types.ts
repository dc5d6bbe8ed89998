import type { IssuerResponders } from '../client/responder-url.js';
import type { StapleSource } from '../client/types.js';
import type { Configuration } from '../configuration/model.js';
import type { Installer } from '../installation/install.js';
import { type Forgivable, FORGIVABLE } from '../ocsp/verify/question.js';
import type { Rollbacks } from '../state/rollbacks.js';
import type { System } from '../system/system.js';
import type { Instant } from '../util/time.js';
import type { Certificate } from '../x509/certificate.js';
import type { Selection } from './entries.js';
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
