import { dirname, join, resolve } from 'node:path';
import type { FileFacts, Files } from '../system/system.js';

/** As many as Linux follows (path_resolution(7)). */
const MOST_LINKS = 40;

interface Link {
  readonly path: string;
  readonly owner: number;
}

/** Where a path leads. Only its last component may be missing: then `facts` is undefined. */
export type Way =
  | {
      readonly kind: 'found';
      readonly path: string;
      readonly facts: FileFacts | undefined;
      readonly links: readonly Link[];
    }
  | { readonly kind: 'loop'; readonly at: string }
  | { readonly kind: 'missing'; readonly at: string }
  | { readonly kind: 'not-a-folder'; readonly at: string };

/** Walks an absolute path as the kernel would, and through a link at its end even when that dangles. */
export function followLinks(path: string, files: Files): Way {
  return straight(path, files) ?? walk(path, files);
}

/** Most ways have no link, and the kernel sees that in one step. */
function straight(path: string, files: Files): Way | undefined {
  const folder = dirname(path);
  if (resolve(path) !== path || !leadsNowhereElse(folder, files)) return undefined;
  if (files.facts(folder)?.kind !== 'folder') return undefined;
  const facts = files.facts(path);
  return facts?.kind === 'link' ? undefined : { kind: 'found', path, facts, links: [] };
}

function leadsNowhereElse(folder: string, files: Files): boolean {
  try {
    return files.resolve(folder) === folder;
  } catch {
    return false;
  }
}

function walk(path: string, files: Files): Way {
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
  return { kind: 'found', path: here, facts, links };
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

/**
 * A link that led us where its maker must not send us: made neither by root nor by ourselves, and into a folder
 * that is not its maker's own. Otherwise who may write in one folder could have files replaced in another, by root.
 */
export function plantedLink(
  links: readonly Link[],
  folderOwner: number,
  user: number | undefined,
): Link | undefined {
  if (user === undefined) return undefined;
  return links.find(({ owner }) => owner !== 0 && owner !== user && owner !== folderOwner);
}
