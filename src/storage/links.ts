import { dirname, join, resolve } from 'node:path';
import type { FileFacts, Files } from '../system/system.js';

/** The number of links that Linux follows (path_resolution(7)). */
const MOST_LINKS = 40;

/** Says what to do about a link that leads to nothing. */
export const RENEW_LINK = 'renew the link, or mount the disk that it leads to';

export interface Link {
  readonly path: string;
  readonly owner: number;
}

/** The end of a path, behind all links. Only its last component may be missing: then `facts` is undefined. */
export type Way =
  | {
      readonly kind: 'found';
      readonly path: string;
      readonly facts: FileFacts | undefined;
      /** The facts of the folder that it is in. */
      readonly folderFacts: FileFacts | undefined;
      readonly links: readonly Link[];
    }
  | { readonly kind: 'loop'; readonly at: string }
  | { readonly kind: 'missing'; readonly at: string }
  | { readonly kind: 'not-a-folder'; readonly at: string };

type LinkFiles = Pick<Files, 'facts' | 'resolve' | 'readLink'>;

/** Walks an absolute path as the kernel does. A link at its end is followed even if it dangles. */
export function followLinks(path: string, files: LinkFiles): Way {
  return straight(path, files) ?? walk(path, files);
}

/** Returns the end of a path without links, which most are: realpath(3) shows this in one step. */
function straight(path: string, files: LinkFiles): Way | undefined {
  const folder = dirname(path);
  if (resolve(path) !== path || !leadsNowhereElse(folder, files)) return undefined;
  const folderFacts = files.facts(folder);
  if (folderFacts?.kind !== 'folder') return undefined;
  const facts = files.facts(path);
  return facts?.kind === 'link' ? undefined : { kind: 'found', path, facts, folderFacts, links: [] };
}

function leadsNowhereElse(folder: string, files: LinkFiles): boolean {
  try {
    return files.resolve(folder) === folder;
  } catch {
    return false;
  }
}

function walk(path: string, files: LinkFiles): Way {
  const links: Link[] = [];
  const ahead = partsOf(path).toReversed();
  let here = '/';
  let facts = files.facts(here);
  for (let part = ahead.pop(); part !== undefined; part = ahead.pop()) {
    if (facts === undefined) return { kind: 'missing', at: here };
    if (facts.kind !== 'folder') return { kind: 'not-a-folder', at: here };
    const next = part === '..' ? dirname(here) : join(here, part);
    const nextFacts = files.facts(next);
    if (nextFacts?.kind !== 'link') [here, facts] = [next, nextFacts];
    else {
      links.push({ path: next, owner: nextFacts.owner });
      if (links.length > MOST_LINKS) return { kind: 'loop', at: path };
      const target = files.readLink(next);
      ahead.push(...partsOf(target).toReversed());
      if (target.startsWith('/')) [here, facts] = ['/', files.facts('/')];
    }
  }
  return { kind: 'found', path: here, facts, folderFacts: files.facts(dirname(here)), links };
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

/**
 * Returns a link that was made neither by root nor by this user, and that leads into a folder which its maker does not
 * own. Without this check a user who may write in one folder could make root replace files in another.
 */
export function plantedLink(
  links: readonly Link[],
  folderOwner: number,
  user: number | undefined,
): Link | undefined {
  if (user === undefined) return undefined;
  return links.find(({ owner }) => owner !== 0 && owner !== user && owner !== folderOwner);
}
