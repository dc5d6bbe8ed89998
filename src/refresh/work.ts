import type { Configuration } from '../configuration/model.js';
import type { System } from '../system/system.js';
import { prepare, type Prepared } from './prepare.js';
import { askResponders } from './responders.js';
import { recollect } from '../memory/store.js';
import type { Instant } from '../time/instant.js';
import type { RefreshOptions } from './run-context.js';
import { selectEntries } from './select.js';
import type { Source } from './source.js';

/** What a run is about: certificates, and where their answers come from. */
export interface Work {
  readonly prepared: readonly Prepared[];
  readonly source: Source;
  /** About what the caller gave, not about a certificate: for people. */
  readonly complaints: readonly string[];
  /** Whether the complaints set 32. */
  readonly needsPerson: boolean;
  /** Said only with `--verbose`. */
  readonly notes: readonly string[];
}

/** The certificates that the options select, and their responders. Throws `usage`. */
export function refreshWork(
  configuration: Configuration,
  { only, dryRun }: RefreshOptions,
  now: Instant,
  system: System,
): Work {
  const prepared = prepare(selectEntries(configuration.entries, only), system.files);
  const recollection = recollect(configuration.stateFolder, { ...system, now, dryRun });
  const source = askResponders(configuration.http, prepared, recollection, now, system);
  return { prepared, source, complaints: [], needsPerson: false, notes: [] };
}
