import type { Certificate } from '../certificates/certificate.js';
import type { Configuration, Entry } from '../configuration/model.js';
import type { Installer } from '../installation/install.js';
import type { System } from '../system/system.js';
import type { Instant } from '../time/instant.js';
import type { IssuerResponder } from './responder-rules.js';
import type { Source } from './source.js';

export interface RefreshOptions {
  /** Names or globs; empty means all. */
  readonly only: readonly string[];
  /** Refresh what is not due, and let the new response be older than the installed one. */
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
}

/** What all certificates of one run share. */
export interface RunContext extends Moment {
  readonly configuration: Configuration;
  readonly options: RefreshOptions;
  readonly system: Pick<System, 'files'>;
  readonly trustedResponders: readonly Certificate[];
  readonly issuerResponders: readonly IssuerResponder[];
  readonly source: Source;
  readonly installer: Installer;
  /** Writes down that the services of this entry are owed a reload. */
  recordDebt(entry: Entry): Promise<void>;
}
