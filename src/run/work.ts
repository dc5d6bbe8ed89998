import { openResponders } from '../client/client.js';
import { openHistoryStore } from '../client/history-file.js';
import { certificateKey } from '../client/history.js';
import type { Configuration } from '../configuration/model.js';
import type { Stop, System } from '../system/system.js';
import type { Instant } from '../util/time.js';
import { isSelection, prepare, type Prepared, selectEntries } from './entries.js';
import type { RefreshOptions, Work } from './types.js';

interface RefreshInput {
  readonly configuration: Configuration;
  readonly options: RefreshOptions;
  readonly now: Instant;
  readonly system: System;
  readonly stop: Stop;
}

/** Prepares the refresh of the certificates that the options select, from their responders. Throws `usage`. */
export function refreshWork({ configuration, options, now, system, stop }: RefreshInput): Work {
  const entries = selectEntries(configuration, options);
  const prepared = prepare(entries, system.files, now);
  const store = openHistoryStore(configuration.ownState.folder, { ...system, now, dryRun: options.dryRun });
  const source = openResponders({
    settings: configuration.http,
    findDuplicates: () => duplicateCertificates(prepared),
    store,
    now,
    system,
    stop: stop.signal,
  });
  // A caller that names certificates, such as a deploy hook, gets messages about these alone.
  const complaints = isSelection(options) ? [] : unknownCertificates(configuration);
  return {
    prepared,
    source,
    complaints,
    attention: complaints.length > 0 ? 'certificates are not known' : undefined,
    notes: [],
  };
}

/** Describes the unreadable places of the configuration that may hold more certificates. */
function unknownCertificates({ defects }: Configuration): string[] {
  const places = defects.filter(({ effect }) => effect === 'unknown-certificates');
  return places.map(
    ({ message, hint }) => `${message}, and nobody knows which certificates are there: ${hint}`,
  );
}

/** Returns the keys of certificates that several entries have. Identical requests about one are sent once. */
function duplicateCertificates(prepared: readonly Prepared[]): ReadonlySet<string> {
  const [known, duplicates] = [new Set<string>(), new Set<string>()];
  for (const one of prepared) {
    if (one.kind === 'broken') continue;
    const { certificate, issuer } = one.subject;
    const key = certificateKey({ issuer, serialNumber: certificate.serialNumber });
    (known.has(key) ? duplicates : known).add(key);
  }
  return duplicates;
}
