import { openResponders } from '../client/client.js';
import type { CertificateIdentity } from '../client/types.js';
import { type Configuration, unknownPlaces } from '../configuration/model.js';
import type { Stop, System } from '../system/system.js';
import type { Instant } from '../util/time.js';
import { openPreparation, type Prepared } from './entries.js';
import { isSelection, selectEntries } from './selection.js';
import type { RefreshOptions, Work } from './types.js';

export interface RefreshInput {
  readonly configuration: Configuration;
  readonly options: RefreshOptions;
  readonly now: Instant;
  readonly system: System;
  readonly stop: Stop;
}

/** Prepares the refresh of the certificates that the options select, from their responders. Throws `usage`. */
export function refreshWork({ configuration, options, now, system, stop }: RefreshInput): Work {
  const entries = selectEntries(configuration, options);
  let expected: readonly Prepared[] = [];
  // The source takes the list once. Afterwards each certificate is in memory only while it is refreshed.
  const takeExpected = () => {
    const certificates = certificatesOf(expected);
    expected = [];
    return certificates;
  };
  const source = openResponders({
    settings: configuration.http,
    certificates: takeExpected,
    folder: configuration.ownState.folder,
    dryRun: options.dryRun,
    now,
    system,
    stop: stop.signal,
  });
  // A caller that names certificates, such as a deploy hook, gets messages about these alone.
  const complaints = isSelection(options) ? [] : unknownCertificates(configuration);
  return {
    entries,
    prepare: openPreparation(system.files, now),
    expect: (prepared) => {
      expected = prepared;
    },
    source,
    complaints,
    attention: complaints.length > 0 ? 'certificates are not known' : undefined,
    notes: [],
  };
}

/**
 * Reports whether a run looks at all certificates. Its end then says how all of them are. Unreadable places may hold more
 * certificates, of which a run of some says nothing.
 */
export function isComplete(
  { source, entries, attention }: Pick<Work, 'source' | 'entries' | 'attention'>,
  configuration: Pick<Configuration, 'entries' | 'defects'>,
): boolean {
  if (attention === undefined && unknownPlaces(configuration.defects).length > 0) return false;
  return source.kind !== 'backups' && entries.length === configuration.entries.length;
}

/** Describes the unreadable places of the configuration that may hold more certificates. */
function unknownCertificates({ defects }: Configuration): string[] {
  return unknownPlaces(defects).map(
    ({ message, hint }) => `${message}, and nobody knows which certificates are there: ${hint}`,
  );
}

function certificatesOf(prepared: readonly Prepared[]): CertificateIdentity[] {
  return prepared.flatMap((one) => {
    if (one.kind === 'broken') return [];
    const { certificate, issuer } = one.subject;
    return [{ issuer, serialNumber: certificate.serialNumber }];
  });
}
