import { join, relative } from 'node:path';
import type { Candidate } from './candidates.js';
import type { Spot } from './document/source.js';
import { fill } from './mask.js';
import type { Entry } from './model.js';
import type { Paths } from './paths.js';
import { faultOf } from './places.js';
import type { Places } from './places.js';
import { quote, unsafeCharacter } from '../text/visible.js';

/** What a scan gives besides problems. */
export interface Found {
  readonly candidates: Candidate[];
  readonly warnings: string[];
  readonly notes: string[];
}

/** An item of `scan_keys`, with its defaults filled in. */
export interface Scan {
  readonly root: string;
  readonly recursive: boolean;
  readonly domainOf: (name: string) => string | undefined;
  /** Masks of the files that must lie beside a certificate. */
  readonly chain: string | null;
  readonly rootchain: string | null;
  readonly ocsp: string;
  readonly services: readonly string[];
  readonly spot: Spot;
  readonly paths: Paths;
  readonly places: Places;
  readonly found: Found;
}

/** Like os.walk of Python: links to folders are not followed, links to files are files. */
export function walk(scan: Scan, folder: string): void {
  const listing = scan.places.list(folder);
  if (listing.kind !== 'entries') {
    if (listing.kind === 'unreadable') {
      scan.found.warnings.push(`the folder ${quote(folder)} was passed over: it ${faultOf(listing)}`);
    }
    return;
  }
  collect(scan, folder, listing.entries);
  if (!scan.recursive) return;
  for (const [name, kind] of listing.entries) if (kind === 'folder') walk(scan, join(folder, name));
}

interface Match {
  readonly name: string;
  readonly domain: string;
  /** The names, relative to the folder, of the files that belong to it. */
  readonly chain: string | undefined;
  readonly rootchain: string | undefined;
}

function collect(scan: Scan, folder: string, entries: ReadonlyMap<string, string>): void {
  const matches = [...entries].flatMap(([name, kind]) => {
    const isCandidate = kind === 'file' || kind === 'link';
    const domain = isCandidate ? scan.domainOf(name) : undefined;
    return domain === undefined ? [] : [toMatch(scan, name, domain)];
  });
  const companions = new Set(matches.flatMap(({ chain, rootchain }) => [chain, rootchain]));
  for (const match of matches) {
    const missing = [match.chain, match.rootchain].find(
      (name) => name !== undefined && !isFile(scan, folder, name, entries),
    );
    if (missing === undefined) add(scan, folder, match, entries);
    else if (!companions.has(match.name)) noteIncomplete(scan, folder, match, missing);
  }
}

function toMatch(scan: Scan, name: string, domain: string): Match {
  return {
    name,
    domain,
    chain: scan.chain === null ? undefined : fill(scan.chain, domain),
    rootchain: scan.rootchain === null ? undefined : fill(scan.rootchain, domain),
  };
}

/** A look at the place is only needed for links, and for masks that lead into subfolders. */
function isFile(scan: Scan, folder: string, name: string, entries: ReadonlyMap<string, string>): boolean {
  const kind = entries.get(name);
  if (kind === 'file') return true;
  if (kind !== 'link' && !name.includes('/')) return false;
  return scan.places.look(join(folder, name)).kind === 'file';
}

function noteIncomplete({ found, paths }: Scan, folder: string, { name }: Match, missing: string): void {
  const path = paths.shown(join(folder, name));
  found.notes.push(`${quote(path)} was passed over: there is no ${quote(missing)} beside it`);
}

function add(scan: Scan, folder: string, match: Match, entries: ReadonlyMap<string, string>): void {
  const { found, spot, paths, places } = scan;
  const cert = join(folder, match.name);
  if (entries.get(match.name) === 'link' && places.look(cert).kind === 'folder') return;
  const fault = faultOfName(match.domain);
  if (fault !== undefined) {
    found.warnings.push(`the file ${quote(paths.shown(cert))} was passed over: ${fault}`);
    return;
  }
  const spots = { name: spot, cert: spot, chain: spot, rootchain: spot, ocsp: spot };
  found.candidates.push({ entry: entryOf(scan, folder, match), origin: 'found', spots });
}

/** Other users may write into a folder that is scanned: their names must not lead elsewhere, or reach a terminal. */
function faultOfName(domain: string): string | undefined {
  if (domain === '.' || domain === '..') return 'its name is no name of a domain';
  if (domain.includes('\ufffd')) return 'its name is not UTF-8';
  const unsafe = unsafeCharacter(domain);
  return unsafe === undefined ? undefined : `its name contains the control character ${unsafe}`;
}

function entryOf(scan: Scan, folder: string, { name, domain, chain, rootchain }: Match): Entry {
  const subfolder = relative(scan.root, folder);
  return {
    name: domain,
    cert: join(folder, name),
    chain: chain === undefined ? undefined : join(folder, chain),
    rootchain: rootchain === undefined ? undefined : join(folder, rootchain),
    ocsp: join(scan.paths.ocspFolder, subfolder, fill(scan.ocsp, domain)),
    responder: undefined,
    services: scan.services,
    position: scan.spot.source.position(scan.spot.start),
  };
}
