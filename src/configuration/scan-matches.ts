import { quote, unsafeCharacter } from '../util/text.js';
import { join, relative } from 'node:path';
import type { Candidate } from './candidates.js';
import type { Defects } from './defects.js';
import type { FileLookup } from './file-lookup.js';
import type { Entry } from './model.js';
import { type CertificateMask, fill, pathsAt } from './scan-paths.js';
import type { Paths } from './settings.js';
import type { SourceRange } from './yaml/source.js';

/** The results of a scan, except for defects. */
export interface ScanResult {
  readonly candidates: Candidate[];
  readonly warnings: string[];
  readonly notes: string[];
}

/** An item of `scan_keys`, with its defaults filled in. */
export interface Scan {
  readonly root: string;
  readonly recursive: boolean;
  readonly cert: CertificateMask;
  /** Masks of the files that must exist next to a certificate. */
  readonly chain: string | null;
  readonly rootchain: string | null;
  readonly ocsp: string;
  readonly services: readonly string[];
  readonly range: SourceRange;
  /** The scan itself stands for the places of all values of what it finds. */
  readonly ranges: Candidate['ranges'];
  readonly position: Entry['position'];
  readonly paths: Paths;
  readonly lookup: FileLookup;
  readonly defects: Defects;
  readonly found: ScanResult;
}

export const NOT_UTF_8 = 'its name is not UTF-8';

/** A certificate whose paths are relative to the folder where the masks begin. */
interface Match {
  readonly path: string;
  readonly domain: string;
  readonly chain: string | undefined;
  readonly rootchain: string | undefined;
}

/** Adds the certificates of one folder, and says which ones were skipped. */
export function collect(scan: Scan, folder: string): void {
  const matches = pathsAt(scan.cert, folder, scan.lookup).map(({ path, domain }) =>
    toMatch(scan, path, domain),
  );
  const companions = new Set(matches.flatMap(({ chain, rootchain }) => [chain, rootchain]));
  for (const match of matches) {
    const missing = missingFrom(scan, folder, match);
    if (missing === undefined) add(scan, folder, match);
    else if (!companions.has(match.path)) skipIncomplete(scan, folder, match, missing);
  }
}

function toMatch(scan: Scan, path: string, domain: string): Match {
  return {
    path,
    domain,
    chain: scan.chain === null ? undefined : fill(scan.chain, domain),
    rootchain: scan.rootchain === null ? undefined : fill(scan.rootchain, domain),
  };
}

/** Returns a missing file. The certificate itself counts as present if its name is, even as a dangling link. */
function missingFrom(
  { lookup }: Scan,
  folder: string,
  { path, chain, rootchain }: Match,
): string | undefined {
  if (lookup.listed(join(folder, path)) === 'absent') return path;
  const companions = [chain, rootchain].filter((name) => name !== undefined);
  return companions.find((name) => {
    const kind = lookup.listed(join(folder, name));
    return kind !== 'file' && (kind !== 'link' || lookup.look(join(folder, name)).kind !== 'file');
  });
}

/**
 * Skips a certificate whose files are incomplete. If it already has a staple, it was complete before and a file was lost:
 * this is a defect, because skipping it silently would let the staple expire.
 */
function skipIncomplete(scan: Scan, folder: string, match: Match, missing: string): void {
  const { paths, lookup, found, defects, range } = scan;
  const candidate = candidateOf(scan, folder, match);
  const { cert, ocsp } = candidate.entry;
  const path = quote(paths.shorten(cert));
  const certificateExists = missing !== match.path;
  if (nameFault(match.domain) === undefined && lookup.look(ocsp).kind === 'file') {
    const message = certificateExists
      ? `the certificate ${path} has no ${quote(missing)} beside it any more`
      : `the certificate ${path} cannot be found, though there is a response for it`;
    const withoutIt = certificateExists ? `; ${lineWithout(match, missing)} needs none` : '';
    const hint = `put it back, or let this user read it; or remove ${quote(ocsp)} if nothing needs it${withoutIt}`;
    defects.add(candidate.entry, 'file-missing', range, [message, hint]);
    found.candidates.push(candidate);
  } else if (certificateExists)
    found.notes.push(
      `${path} was skipped: there is no ${quote(missing)} beside it (${lineWithout(match, missing)} needs none)`,
    );
}

/** Returns the line of the configuration with which a companion is not needed. */
function lineWithout({ rootchain }: Match, missing: string): string {
  return missing === rootchain ? '"rootchain_mask: null"' : '"chain_mask: null"';
}

function add(scan: Scan, folder: string, match: Match): void {
  const { found, paths, lookup } = scan;
  const cert = join(folder, match.path);
  if (lookup.listed(cert) === 'link' && lookup.look(cert).kind === 'folder') return;
  const fault = nameFault(match.domain);
  if (fault === undefined) found.candidates.push(candidateOf(scan, folder, match));
  else found.warnings.push(`the file ${quote(paths.shorten(cert))} was skipped: ${fault}`);
}

/** Refuses names that lead to another folder or contain control characters: other users may write into a scanned folder. */
function nameFault(domain: string): string | undefined {
  if (domain === '.' || domain === '..') return 'its name is not a domain name';
  if (domain.includes('\ufffd')) return NOT_UTF_8;
  const unsafe = unsafeCharacter(domain);
  return unsafe === undefined ? undefined : `its name contains the control character ${unsafe}`;
}

function candidateOf(scan: Scan, folder: string, match: Match): Candidate {
  return { entry: entryOf(scan, folder, match), origin: 'found', ranges: scan.ranges };
}

function entryOf(scan: Scan, folder: string, { path, domain, chain, rootchain }: Match): Entry {
  const subfolder = relative(scan.root, folder);
  return {
    name: domain,
    cert: join(folder, path),
    chain: chain === undefined ? undefined : join(folder, chain),
    rootchain: rootchain === undefined ? undefined : join(folder, rootchain),
    ocsp: join(scan.paths.ocspFolder, subfolder, fill(scan.ocsp, domain)),
    responder: undefined,
    services: scan.services,
    position: scan.position,
  };
}
