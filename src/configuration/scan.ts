import { join, relative, resolve } from 'node:path';
import { quote, unsafeCharacter } from '../util/text.js';
import { type Candidate, servicesOf } from './candidates.js';
import type { Defects } from './defects.js';
import { faultOf, type FileLookup } from './file-lookup.js';
import type { ScanSection } from './keys.js';
import type { Entry } from './model.js';
import { certificateMask, type CertificateMask, fill, MASKS, pathsAt } from './scan-paths.js';
import { isRefused } from './schema/refused.js';
import type { Located } from './schema/value.js';
import type { Paths } from './settings.js';
import type { SourceRange } from './yaml/source.js';

/** What a scan gives besides defects. */
interface Found {
  readonly candidates: Candidate[];
  readonly warnings: string[];
  readonly notes: string[];
}

/** An item of `scan_keys`, with its defaults filled in. */
interface Scan {
  readonly root: string;
  readonly recursive: boolean;
  readonly cert: CertificateMask;
  /** Masks of the files that must lie beside a certificate. */
  readonly chain: string | null;
  readonly rootchain: string | null;
  readonly ocsp: string;
  readonly services: readonly string[];
  readonly spot: SourceRange;
  readonly paths: Paths;
  readonly places: FileLookup;
  readonly defects: Defects;
  readonly found: Found;
}

/** Like os.walk of Python: links to folders are not followed, links to files are files. */
function walk(scan: Scan, folder: string): void {
  const listing = scan.places.list(folder);
  if (listing.kind !== 'entries') {
    if (listing.kind === 'unreadable') {
      scan.found.warnings.push(`the folder ${quote(folder)} was passed over: it ${faultOf(listing)}`);
    }
    return;
  }
  collect(scan, folder);
  if (!scan.recursive) return;
  for (const [name, kind] of listing.entries) if (kind === 'folder') walk(scan, join(folder, name));
}

/** A certificate, with paths relative to the folder where the masks begin. */
interface Match {
  readonly path: string;
  readonly domain: string;
  readonly chain: string | undefined;
  readonly rootchain: string | undefined;
}

function collect(scan: Scan, folder: string): void {
  const matches = pathsAt(scan.cert, folder, scan.places).map(({ path, domain }) =>
    toMatch(scan, path, domain),
  );
  const companions = new Set(matches.flatMap(({ chain, rootchain }) => [chain, rootchain]));
  for (const match of matches) {
    const missing = missingFrom(scan, folder, match);
    if (missing === undefined) add(scan, folder, match);
    else if (!companions.has(match.path)) passOver(scan, folder, match, missing);
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

/** The certificate itself counts as there when its name is, also as a link that leads nowhere by now. */
function missingFrom(
  { places }: Scan,
  folder: string,
  { path, chain, rootchain }: Match,
): string | undefined {
  if (places.listed(join(folder, path)) === 'absent') return path;
  const companions = [chain, rootchain].filter((name) => name !== undefined);
  return companions.find((name) => {
    const kind = places.listed(join(folder, name));
    return kind !== 'file' && (kind !== 'link' || places.look(join(folder, name)).kind !== 'file');
  });
}

/**
 * What is incomplete is no certificate to look after. Where it has a staple already it was one, and something has got
 * lost since: to pass that over in silence would let the staple run out.
 */
function passOver(scan: Scan, folder: string, match: Match, missing: string): void {
  const { paths, places, found, defects, spot } = scan;
  const candidate = candidateOf(scan, folder, match);
  const { cert, ocsp } = candidate.entry;
  const path = quote(paths.shown(cert));
  const isThere = missing !== match.path;
  if (faultOfName(match.domain) === undefined && places.look(ocsp).kind === 'file') {
    const message = isThere
      ? `the certificate ${path} has no ${quote(missing)} beside it any more`
      : `the certificate ${path} cannot be found, though there is a response for it`;
    const hint = `put it back, or let this user read it; or remove ${quote(ocsp)} if nothing needs it`;
    defects.add(candidate.entry, 'file-missing', spot, [message, hint]);
    found.candidates.push(candidate);
  } else if (isThere) found.notes.push(`${path} was passed over: there is no ${quote(missing)} beside it`);
}

function add(scan: Scan, folder: string, match: Match): void {
  const { found, paths, places } = scan;
  const cert = join(folder, match.path);
  if (places.listed(cert) === 'link' && places.look(cert).kind === 'folder') return;
  const fault = faultOfName(match.domain);
  if (fault === undefined) found.candidates.push(candidateOf(scan, folder, match));
  else found.warnings.push(`the file ${quote(paths.shown(cert))} was passed over: ${fault}`);
}

/** Other users may write into a folder that is scanned: their names must not lead elsewhere, or reach a terminal. */
function faultOfName(domain: string): string | undefined {
  if (domain === '.' || domain === '..') return 'its name is no name of a domain';
  if (domain.includes('\ufffd')) return 'its name is not UTF-8';
  const unsafe = unsafeCharacter(domain);
  return unsafe === undefined ? undefined : `its name contains the control character ${unsafe}`;
}

function candidateOf(scan: Scan, folder: string, match: Match): Candidate {
  const { spot } = scan;
  const spots = { name: spot, cert: spot, chain: spot, rootchain: spot, ocsp: spot };
  return { entry: entryOf(scan, folder, match), origin: 'found', spots };
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
    position: scan.spot.source.position(scan.spot.start),
  };
}

/**
 * Finds the certificates of an item of `scan_keys`, in the order of names, folders before their subfolders. Where its
 * folder or a mask was refused, nothing is looked for: what the defaults would find is not what was wanted.
 */
export function discover(
  { value, spot }: Located<ScanSection>,
  paths: Paths,
  places: FileLookup,
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
