import { join } from 'node:path';
import type { FileLookup } from './file-lookup.js';

/** A `cert_mask`, split at its slashes. */
export interface CertificateMask {
  readonly mask: string;
  /** Masks of the folders that lead to the file, from the top. */
  readonly folders: readonly string[];
  readonly file: string;
}

export function certificateMask(mask: string): CertificateMask {
  const parts = mask.split('/');
  return { mask, folders: parts.slice(0, -1), file: parts.at(-1) ?? '' };
}

interface MaskMatch {
  /** A path relative to the folder where the mask begins. */
  readonly path: string;
  readonly domain: string;
}

/**
 * Finds the files below a folder that match the mask, in the order of their names. If the domain is in the name of a
 * folder, the name of the file is known, and its path is returned even if the file does not exist.
 */
export function pathsAt(mask: CertificateMask, folder: string, lookup: FileLookup): MaskMatch[] {
  const folders = foldersAt(mask.folders, folder, lookup);
  const folderMask = mask.folders.join('/');
  if (folderMask.includes(DOMAIN)) {
    const domainOf = matcher(folderMask);
    return folders.flatMap((path) => {
      const domain = domainOf(path);
      return domain === undefined ? [] : [{ path: fill(mask.mask, domain), domain }];
    });
  }
  return folders.flatMap((path) => filesIn(path, mask.file, folder, lookup));
}

/** Returns the folders that match. Links to folders are followed, unlike in a walk, because the mask names them. */
function foldersAt(masks: readonly string[], folder: string, lookup: FileLookup): string[] {
  let found = [''];
  for (const mask of masks) {
    found = found.flatMap((path) =>
      namesIn(join(folder, path), mask, lookup).map((name) => join(path, name)),
    );
  }
  return found;
}

function namesIn(folder: string, mask: string, lookup: FileLookup): string[] {
  const isFolder = (name: string) => lookup.look(join(folder, name)).kind === 'folder';
  if (!mask.includes(DOMAIN)) return isFolder(mask) ? [mask] : [];
  const listing = lookup.list(folder);
  if (listing.kind !== 'entries') return [];
  const fits = matcher(mask);
  return [...listing.entries].flatMap(([name, kind]) => {
    const isCandidate = kind === 'folder' || kind === 'link';
    return isCandidate && fits(name) !== undefined && isFolder(name) ? [name] : [];
  });
}

function filesIn(path: string, mask: string, folder: string, lookup: FileLookup): MaskMatch[] {
  const listing = lookup.list(join(folder, path));
  if (listing.kind !== 'entries') return [];
  const domainOf = matcher(mask);
  const found: MaskMatch[] = [];
  for (const [name, kind] of listing.entries) {
    const domain = kind === 'file' || kind === 'link' ? domainOf(name) : undefined;
    if (domain !== undefined) found.push({ path: join(path, name), domain });
  }
  return found;
}

/** The placeholder of the domain in masks. */
export const DOMAIN = '{domain}';

/** The defaults of `scan_keys`. */
export const MASKS = {
  cert: `${DOMAIN}.pem`,
  chain: `${DOMAIN}-chain.pem`,
  rootchain: `${DOMAIN}-rootchain.pem`,
  ocsp: `${DOMAIN}.ocsp-resp`,
} as const;

export function fill(mask: string, domain: string): string {
  return mask.replaceAll(DOMAIN, () => domain);
}

/**
 * Returns a function that reads the domain out of a path: the shortest text with which the mask matches the whole path.
 * It is the same at each placeholder, and contains no slash.
 */
export function matcher(mask: string): (path: string) => string | undefined {
  const [before = '', ...after] = mask.split(DOMAIN).map(escape);
  const pattern = new RegExp(`^${before}([^/]+?)${after.join('\\1')}$`, 'su');
  return (path) => pattern.exec(path)?.[1];
}

function escape(literal: string): string {
  // Hexadecimal escapes keep a digit from becoming part of the back reference before it.
  return literal.replaceAll(/[^A-Za-z_]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
