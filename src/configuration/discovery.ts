import { resolve } from 'node:path';
import { servicesOf } from './candidates.js';
import type { ScanSection } from './keys.js';
import type { Located } from './kinds/kind.js';
import { MASKS, matcher } from './mask.js';
import type { Paths } from './paths.js';
import { faultOf } from './places.js';
import type { Places } from './places.js';
import type { Problems } from './problems.js';
import { walk } from './scan.js';
import type { Found, Scan } from './scan.js';
import { quote } from '../text/visible.js';

/** Finds the certificates of an item of `scan_keys`, in the order of names, folders before their subfolders. */
export function discover(
  { value, spot }: Located<ScanSection>,
  paths: Paths,
  places: Places,
  problems: Problems,
): Found {
  const root = resolve(paths.base, value.folder?.value ?? '');
  const found: Found = { candidates: [], warnings: [], notes: [] };
  const listing = places.list(root);
  if (listing.kind !== 'entries') {
    const fault = faultOf(listing);
    problems.add(value.folder?.spot ?? spot, `the folder ${quote(root)} ${fault}`, SCAN_HINT);
    return found;
  }
  const scan: Scan = {
    root,
    recursive: value.recursive?.value ?? true,
    domainOf: matcher(value.cert_mask?.value ?? MASKS.cert),
    chain: maskOf(value.chain_mask, MASKS.chain),
    rootchain: maskOf(value.rootchain_mask, MASKS.rootchain),
    ocsp: value.ocsp_mask?.value ?? MASKS.ocsp,
    services: servicesOf(value.services),
    spot,
    paths,
    places,
    found,
  };
  walk(scan, root);
  return found;
}

const SCAN_HINT = 'name an existing folder that this user may read';

/** null is written where no such file is needed; undefined stands for the default. */
function maskOf(written: Located<string | null> | undefined, preset: string): string | null {
  return written === undefined ? preset : written.value;
}
