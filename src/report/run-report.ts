import type { OcspbotError } from '../errors.js';
import type { Service } from '../configuration/model.js';
import type { Reload } from '../services/reload-outcome.js';
import type { Instant } from '../time/instant.js';
import type { Outcome } from './outcome.js';

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
