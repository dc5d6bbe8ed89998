import { resolve } from 'node:path';
import { servicesOf } from './candidates.js';
import type { Defects } from './defects.js';
import type { ScanSection } from './keys.js';
import type { Located } from './kinds/kind.js';
import { isRefused } from './kinds/refused.js';
import { MASKS } from './mask.js';
import type { Paths } from './paths.js';
import { faultOf } from './places.js';
import type { Places } from './places.js';
import { walk } from './scan.js';
import type { Found, Scan } from './scan.js';
import { certificateMask } from './scan-paths.js';
import { quote } from '../text/visible.js';

/**
 * Finds the certificates of an item of `scan_keys`, in the order of names, folders before their subfolders. Where its
 * folder or a mask was refused, nothing is looked for: what the defaults would find is not what was wanted.
 */
export function discover(
  { value, spot }: Located<ScanSection>,
  paths: Paths,
  places: Places,
  defects: Defects,
): Found {
  const found: Found = { candidates: [], warnings: [], notes: [] };
  if (isRefused(value, 'folder', 'recursive', 'cert_mask', 'chain_mask', 'rootchain_mask', 'ocsp_mask'))
    return found;
  const root = resolve(paths.base, value.folder?.value ?? '');
  const listing = places.list(root);
  if (listing.kind !== 'entries') {
    const message = `the folder ${quote(root)} ${faultOf(listing)}`;
    defects.addShared('unknown-certificates', value.folder?.spot ?? spot, [message, SCAN_HINT]);
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
    spot,
    paths,
    places,
    defects,
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
