import { join, resolve } from 'node:path';
import { quote } from '../util/text.js';
import { servicesOf } from './candidates.js';
import type { Defects } from './defects.js';
import { listingFault, type FileLookup } from './file-lookup.js';
import type { ScanSection } from './keys.js';
import { certificateMask, MASKS } from './scan-paths.js';
import { isRefused, type Located } from './schema/value.js';
import type { Paths } from './settings.js';
import { hintForShellPath } from './written-path.js';
import { type ScanResult, type Scan, NOT_UTF_8, collect } from './scan-matches.js';

/**
 * Finds the certificates of an item of `scan_keys`, sorted by name, folders before their subfolders. If its folder or a
 * mask was refused, it finds nothing: the defaults would find certificates that the administrator did not mean.
 */
export function discover(
  { value, range }: Located<ScanSection>,
  paths: Paths,
  lookup: FileLookup,
  defects: Defects,
): ScanResult {
  const found: ScanResult = { candidates: [], warnings: [], notes: [] };
  if (isRefused(value, 'folder', 'recursive', 'cert_mask', 'chain_mask', 'rootchain_mask', 'ocsp_mask'))
    return found;
  const root = resolve(paths.base, value.folder?.value ?? '');
  const listing = lookup.list(root);
  if (listing.kind !== 'entries') {
    const message = `the folder ${quote(root)} ${listingFault(listing)}`;
    const written = value.folder?.range ?? range;
    defects.addShared('unknown-certificates', written, [message, hintForShellPath(written) ?? SCAN_HINT]);
    return found;
  }
  const scan: Scan = {
    root,
    recursive: value.recursive?.value ?? true,
    cert: certificateMask(value.cert_mask?.value ?? MASKS.cert),
    chain: maskOf(value.chain_mask, MASKS.chain),
    rootchain: maskOf(value.rootchain_mask, MASKS.rootchain),
    ocsp: value.ocsp_mask?.value ?? MASKS.ocsp,
    services: servicesOf(value.services),
    range,
    ranges: { name: range, cert: range, chain: range, rootchain: range, ocsp: range },
    position: range.source.position(range.start),
    paths,
    lookup,
    defects,
    found,
  };
  walk(scan, root);
  noteNothing(scan, value.cert_mask?.value ?? MASKS.cert);
  return found;
}

/** Notes that a scan found nothing at all, since its mask may be wrong. */
function noteNothing({ root, paths, found: { candidates, warnings, notes } }: Scan, mask: string): void {
  if (candidates.length > 0 || warnings.length > 0 || notes.length > 0) return;
  const wildcard = mask.includes('*') ? '; * is not a wildcard in it' : '';
  notes.push(`no file in ${quote(paths.shorten(root))} has a name like ${quote(mask)}${wildcard}`);
}

const SCAN_HINT = 'name an existing folder that this user may read';

/** Returns null if no such file is needed (written as null), or the default if nothing is written. */
function maskOf(written: Located<string | null> | undefined, fallback: string): string | null {
  return written === undefined ? fallback : written.value;
}

/** Walks like os.walk of Python: links to folders are not followed, links to files count as files. */
function walk(scan: Scan, folder: string): void {
  const listing = scan.lookup.list(folder);
  if (listing.kind !== 'entries') {
    if (listing.kind === 'unreadable') {
      scan.found.warnings.push(`the folder ${quote(folder)} was skipped: it ${listingFault(listing)}`);
    }
    return;
  }
  collect(scan, folder);
  const isDeep = scan.recursive || scan.cert.folders.length > 0;
  for (const [name, kind] of listing.entries) {
    if (kind !== 'folder') continue;
    const path = join(folder, name);
    // Such a folder cannot be opened by the name that was read.
    if (!name.includes('\ufffd')) {
      if (scan.recursive) walk(scan, path);
    } else if (isDeep)
      scan.found.warnings.push(`the folder ${quote(scan.paths.shorten(path))} was skipped: ${NOT_UTF_8}`);
  }
}
