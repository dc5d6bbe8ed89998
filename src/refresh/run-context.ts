import type { Certificate } from '../certificates/certificate.js';
import type { Configuration } from '../configuration/model.js';
import type { Installer } from '../installation/install.js';
import type { PutBack } from '../installation/put-back.js';
import type { System } from '../system/system.js';
import type { Instant } from '../time/instant.js';
import { FORGIVABLE, type Forgivable } from '../verification/failure-class.js';
import type { IssuerResponders } from './responder-rules.js';
import type { Selection } from './select.js';
import type { PendingReloads } from './pending-reloads.js';
import type { Source } from './source.js';

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
export interface Moment {
  readonly now: Instant;
  /** When this program was built. */
  readonly earliest: Instant;
  /** Reads the clock again, for what may have changed since. */
  clock(): Instant;
}

/** What all certificates of one run share. */
export interface RunContext extends Moment {
  readonly configuration: Configuration;
  readonly options: RefreshOptions;
  readonly system: Pick<System, 'files' | 'breathe'>;
  readonly trustedResponders: readonly Certificate[];
  readonly issuerResponders: IssuerResponders;
  readonly source: Source;
  readonly installer: Installer;
  readonly putBack: PutBack;
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
