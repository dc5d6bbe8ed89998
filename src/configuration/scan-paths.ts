import { join } from 'node:path';
import type { FileLookup } from './file-lookup.js';

/** A `cert_mask`, taken apart. */
export interface CertificateMask {
  readonly mask: string;
  /** Masks of the folders on the way to the file, from the top. */
  readonly folders: readonly string[];
  readonly file: string;
}

export function certificateMask(mask: string): CertificateMask {
  const parts = mask.split('/');
  return { mask, folders: parts.slice(0, -1), file: parts.at(-1) ?? '' };
}

interface Found {
  /** Relative to the folder where the mask begins. */
  readonly path: string;
  readonly domain: string;
}

/**
 * The files that fit the mask from this folder on, in the order of their names. Where the name of a folder tells the
 * domain, what the file must be called is known, and the path is given whether it is there or not.
 */
export function pathsAt(mask: CertificateMask, folder: string, places: FileLookup): Found[] {
  const folders = foldersAt(mask.folders, folder, places);
  const folderMask = mask.folders.join('/');
  if (folderMask.includes(DOMAIN)) {
    const domainOf = matcher(folderMask);
    return folders.flatMap((path) => {
      const domain = domainOf(path);
      return domain === undefined ? [] : [{ path: fill(mask.mask, domain), domain }];
    });
  }
  return folders.flatMap((path) => filesIn(path, mask.file, folder, places));
}

/** Paths of folders that fit. Unlike a walk it goes through links: these folders are named by the mask. */
function foldersAt(masks: readonly string[], folder: string, places: FileLookup): string[] {
  let found = [''];
  for (const mask of masks) {
    found = found.flatMap((path) =>
      namesIn(join(folder, path), mask, places).map((name) => join(path, name)),
    );
  }
  return found;
}

function namesIn(folder: string, mask: string, places: FileLookup): string[] {
  const isFolder = (name: string) => places.look(join(folder, name)).kind === 'folder';
  if (!mask.includes(DOMAIN)) return isFolder(mask) ? [mask] : [];
  const listing = places.list(folder);
  if (listing.kind !== 'entries') return [];
  const fits = matcher(mask);
  return [...listing.entries].flatMap(([name, kind]) => {
    const isCandidate = kind === 'folder' || kind === 'link';
    return isCandidate && fits(name) !== undefined && isFolder(name) ? [name] : [];
  });
}

function filesIn(path: string, mask: string, folder: string, places: FileLookup): Found[] {
  const listing = places.list(join(folder, path));
  if (listing.kind !== 'entries') return [];
  const domainOf = matcher(mask);
  return [...listing.entries].flatMap(([name, kind]) => {
    const domain = kind === 'file' || kind === 'link' ? domainOf(name) : undefined;
    return domain === undefined ? [] : [{ path: join(path, name), domain }];
  });
}

/** A path of a file with `{domain}` in it. */
export const DOMAIN = '{domain}';

/** The defaults of `scan_keys`. */
export const MASKS = {
  cert: `${DOMAIN}.pem`,
  chain: `${DOMAIN}-chain.pem`,
  rootchain: `${DOMAIN}-rootchain.pem`,
  ocsp: `${DOMAIN}.ocsp-resp`,
} as const;

export function fill(mask: string, domain: string): string {
  return mask.split(DOMAIN).join(domain);
}

/**
 * Reads the domain out of a path: the shortest that makes the mask fit the whole path, the same everywhere. It lies
 * within one component.
 */
export function matcher(mask: string): (path: string) => string | undefined {
  const [before = '', ...after] = mask.split(DOMAIN).map(escape);
  const pattern = new RegExp(`^${before}([^/]+?)${after.join('\\1')}$`, 'su');
  return (path) => pattern.exec(path)?.[1];
}

function escape(literal: string): string {
  // A hexadecimal escape, so that a digit cannot become a part of the reference before it.
  return literal.replaceAll(/[^A-Za-z_]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
