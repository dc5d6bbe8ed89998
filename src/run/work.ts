import { openResponders } from '../client/client.js';
import { openHistoryStore } from '../client/history-file.js';
import { certificateKey } from '../client/history.js';
import type { Configuration } from '../configuration/model.js';
import type { Stop, System } from '../system/system.js';
import type { Instant } from '../util/time.js';
import { isSelection, prepare, type Prepared, selectEntries } from './entries.js';
import type { RefreshOptions, Work } from './types.js';

/** The certificates that the options select, and their responders. Throws `usage`. */
export function refreshWork(
  configuration: Configuration,
  options: RefreshOptions,
  now: Instant,
  system: System,
  stop: Stop,
): Work {
  const entries = selectEntries(configuration, options);
  const prepared = prepare(entries, system.files, now);
  const store = openHistoryStore(configuration.ownState.folder, { ...system, now, dryRun: options.dryRun });
  const source = openResponders(
    configuration.http,
    () => sharedCertificates(prepared),
    store,
    now,
    system,
    stop.signal,
  );
  // Whoever names certificates is told of these alone: a deploy hook, for example.
  const complaints = isSelection(options) ? [] : unknownCertificates(configuration);
  return {
    prepared,
    source,
    stop,
    complaints,
    attention: complaints.length > 0 ? 'certificates are not known' : undefined,
    notes: [],
  };
}

/** Places in which more certificates may be than are known, in words. */
function unknownCertificates({ defects }: Configuration): string[] {
  const places = defects.filter(({ effect }) => effect === 'unknown-certificates');
  return places.map(
    ({ message, hint }) => `${message}, and nobody knows which certificates are there: ${hint}`,
  );
}

/** Returns the keys of certificates that several entries have: a request about one is sent once for all of them. */
function sharedCertificates(prepared: readonly Prepared[]): ReadonlySet<string> {
  const [known, shared] = [new Set<string>(), new Set<string>()];
  for (const one of prepared) {
    if (one.kind === 'broken') continue;
    const { certificate, issuer } = one.subject;
    const key = certificateKey({ issuer, serialNumber: certificate.serialNumber });
    (known.has(key) ? shared : known).add(key);
  }
  return shared;
}
