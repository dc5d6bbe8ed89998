import { OcspbotError } from '../util/errors.js';
import type { Files } from '../system/system.js';
import { keyAlgorithmName } from '../x509/key-name.js';
import { loadCertificates } from '../x509/load.js';
import type { Candidate } from './candidates.js';
import type { FileLookup } from './file-lookup.js';
import type { Entry } from './model.js';

/** The relation of two entries with one file. */
type Relation =
  /** The certificates have different keys: a server can have both, and staple this file with both. */
  | 'partners'
  | 'same-key'
  /** A certificate cannot be read now. Its entry has a defect of its own. */
  | 'unknown'
  /** Both entries have the same certificate, or at least one of them is not listed in the configuration. */
  | 'strangers';

export interface Conflict {
  readonly kept: Candidate;
  readonly refused: Candidate;
  readonly isSameKey: boolean;
}

/** The entries by their files. */
export interface FileUse {
  /** The entries of each file; several share it. */
  readonly groups: readonly (readonly Candidate[])[];
  /** The entries that cannot share a file with another one. They are in no group. */
  readonly conflicts: readonly Conflict[];
}

/** Finds the entries that share a file, and those that must not. Certificates are read only where files are the same. */
export function fileUseOf(
  candidates: readonly Candidate[],
  lookup: FileLookup,
  files: Pick<Files, 'read'>,
): FileUse {
  const groups = new Map<string, Candidate[]>();
  const conflicts: Conflict[] = [];
  const keyOf = keysIn(files);
  for (const candidate of candidates) {
    const place = lookup.placeOf(candidate.entry.ocsp);
    const group = groups.get(place) ?? [];
    const against = conflictIn(group, candidate, keyOf);
    if (against === undefined) groups.set(place, [...group, candidate]);
    else {
      const { other, isSameKey } = against;
      // A listed entry comes before a found one.
      const isFirst = other.origin === 'found' && candidate.origin === 'listed';
      const [kept, refused] = isFirst ? [candidate, other] : [other, candidate];
      conflicts.push({ kept, refused, isSameKey });
      groups.set(place, [...group.filter((one) => one !== refused), ...(isFirst ? [candidate] : [])]);
    }
  }
  return { groups: [...groups.values()], conflicts };
}

/** Finds the first candidate of a file that cannot share it with another one. */
function conflictIn(
  group: readonly Candidate[],
  candidate: Candidate,
  keyOf: KeyOf,
): { readonly other: Candidate; readonly isSameKey: boolean } | undefined {
  for (const other of group) {
    const relation = relationOf(other, candidate, keyOf);
    if (relation === 'same-key') return { other, isSameKey: true };
    if (relation === 'strangers') return { other, isSameKey: false };
  }
  return undefined;
}

function relationOf(one: Candidate, other: Candidate, keyOf: KeyOf): Relation {
  const isListed = one.origin === 'listed' && other.origin === 'listed';
  // Servers that read chains have a file for each certificate. They refuse one with responses about another chain.
  const isResponse = one.entry.format === undefined && other.entry.format === undefined;
  if (!isListed || !isResponse || one.entry.cert === other.entry.cert) return 'strangers';
  const [key, otherKey] = [keyOf(one.entry), keyOf(other.entry)];
  if (key === 'unreadable' || otherKey === 'unreadable') return 'unknown';
  if (key === undefined || otherKey === undefined) return 'strangers';
  return key === otherKey ? 'same-key' : 'partners';
}

/** Returns the kind of key of an entry's certificate; `unreadable` if it cannot be read now, undefined if it is none. */
type KeyOf = (entry: Entry) => string | undefined;

/** Reads each certificate once: an entry is compared with all others of its file. */
function keysIn(files: Pick<Files, 'read'>): KeyOf {
  const known = new Map<Entry, string | undefined>();
  return (entry) => {
    if (!known.has(entry)) known.set(entry, keyIn(entry, files));
    return known.get(entry);
  };
}

function keyIn({ cert }: Entry, files: Pick<Files, 'read'>): string | undefined {
  try {
    const [certificate] = loadCertificates(cert, files);
    return certificate && keyAlgorithmName(certificate);
  } catch (error) {
    if (!(error instanceof OcspbotError)) throw error;
    return error.code === 'file-missing' || error.code === 'file-unreadable' ? 'unreadable' : undefined;
  }
}

/** Marks the entries that share a file, and gives each the services of all: a new response concerns all of them. */
export function markShared({ groups }: FileUse): ReadonlyMap<Entry, Partial<Entry>> {
  const shared = new Map<Entry, Partial<Entry>>();
  for (const group of groups.filter(({ length }) => length > 1)) {
    const file = { members: group.map(({ entry }) => entry) };
    const services = [...new Set(file.members.flatMap((entry) => entry.services))];
    for (const entry of file.members) shared.set(entry, { services, shared: file });
  }
  return shared;
}
