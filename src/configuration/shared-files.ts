import { OcspbotError } from '../util/errors.js';
import type { Files } from '../system/system.js';
import { keyAlgorithmName } from '../x509/key-name.js';
import { loadCertificates } from '../x509/load.js';
import type { Candidate } from './candidates.js';
import type { FileLookup } from './file-lookup.js';
import type { Entry } from './model.js';

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
  const byFile = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const place = lookup.placeOf(candidate.entry.ocsp);
    const sharers = byFile.get(place);
    if (sharers === undefined) byFile.set(place, [candidate]);
    else sharers.push(candidate);
  }
  const uses = [...byFile.values()].map((sharers) => shareFile(sharers, files));
  return { groups: uses.map(({ group }) => group), conflicts: uses.flatMap(({ conflicts }) => conflicts) };
}

interface Sharing {
  readonly group: readonly Candidate[];
  readonly conflicts: readonly Conflict[];
}

/** Divides the entries of one file into those that share it, and those that conflict with one of them. */
function shareFile(sharers: readonly Candidate[], files: Pick<Files, 'read'>): Sharing {
  if (sharers.length === 1) return { group: sharers, conflicts: [] };
  const group = new Group();
  // A listed entry comes before a found one.
  const listed = sharers.filter(({ origin }) => origin === 'listed');
  const found = sharers.filter(({ origin }) => origin === 'found');
  const conflicts = [...listed, ...found].flatMap((one) => group.add(one, claimOf(one, files)) ?? []);
  return { group: group.members, conflicts };
}

/** Says which other entries of its file an entry accepts. */
type Claim =
  /** None: it is not listed in the configuration, or the file is in a form for one certificate. */
  | { readonly kind: 'whole' }
  /** Those of other keys: a server can have all these certificates, and staple this file with each. */
  | { readonly kind: 'key'; readonly key: string }
  /** The certificate cannot be read now. Its entry has a defect of its own. */
  | { readonly kind: 'unknown' };

/** The entries that share a file: one that claims the whole file, or several with different certificates and keys. */
class Group {
  readonly members: Candidate[] = [];
  readonly #byCertificate = new Map<string, Candidate>();
  readonly #byKey = new Map<string, Candidate>();
  #isTaken = false;

  /** Adds an entry, unless it conflicts with a member. Returns the conflict. */
  add(candidate: Candidate, claim: Claim): Conflict | undefined {
    const { cert } = candidate.entry;
    const [first] = this.members;
    const other = this.#isTaken || claim.kind === 'whole' ? first : this.#byCertificate.get(cert);
    if (other !== undefined) return { kept: other, refused: candidate, isSameKey: false };
    const rival = claim.kind === 'key' ? this.#byKey.get(claim.key) : undefined;
    if (rival !== undefined) return { kept: rival, refused: candidate, isSameKey: true };
    this.members.push(candidate);
    this.#byCertificate.set(cert, candidate);
    if (claim.kind === 'key') this.#byKey.set(claim.key, candidate);
    this.#isTaken = claim.kind === 'whole';
    return undefined;
  }
}

function claimOf({ entry, origin }: Candidate, files: Pick<Files, 'read'>): Claim {
  // Servers that read chains have a file for each certificate. They refuse one with responses about another chain.
  if (origin === 'found' || entry.format !== undefined) return { kind: 'whole' };
  try {
    const [certificate] = loadCertificates(entry.cert, files);
    const key = certificate && keyAlgorithmName(certificate);
    return key === undefined ? { kind: 'whole' } : { kind: 'key', key };
  } catch (error) {
    if (!(error instanceof OcspbotError)) throw error;
    const isUnreadable = error.code === 'file-missing' || error.code === 'file-unreadable';
    return { kind: isUnreadable ? 'unknown' : 'whole' };
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
