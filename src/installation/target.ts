import { basename, dirname, join, resolve } from 'node:path';
import { OcspbotError, toOcspbotError } from '../errors.js';
import { failure } from '../storage/errors.js';
import type { FileFacts, Files } from '../system/system.js';

/** The real place of a staple, behind all links. */
export interface Target {
  readonly path: string;
  readonly folder: string;
  readonly name: string;
  /** The regular file that is there; undefined when none is. */
  readonly existing: FileFacts | undefined;
  readonly folderFacts: FileFacts;
}

/**
 * Finds what to replace for an absolute path. A dangling link leads to the file that it would have.
 * @throws OcspbotError `target-unsuitable`, `not-permitted`
 */
export function resolveTarget(path: string, files: Files): Target {
  try {
    return targetOf(path, files);
  } catch (error) {
    throw failure(`look at ${path}`, error, 'nothing was changed');
  }
}

/**
 * The target as it is now.
 * @throws OcspbotError where its path leads elsewhere by now: somebody plays with links, and it may be with root's hands
 */
export function lookAgain(path: string, target: Target, files: Files): Target {
  const now = resolveTarget(path, files);
  if (now.path === target.path) return now;
  throw new OcspbotError('target-unsuitable', `${path} led to ${target.path}, and now leads to ${now.path}`, {
    hint: 'see who changes links or folders on the way to it while ocspbot runs; nothing was changed',
  });
}

function targetOf(path: string, files: Files): Target {
  const way = followLinks(path, files);
  if (way.kind !== 'found') throw unsuitable(path, ...reasonOf(way));
  const folder = dirname(way.path);
  const folderFacts = files.facts(folder);
  if (folderFacts === undefined) throw unsuitable(path, ...reasonOf({ kind: 'missing', at: folder }));
  refusePlantedLink(path, way.links, folderFacts, files.user);
  if (way.facts !== undefined && way.facts.kind !== 'file')
    throw unsuitable(path, ...reasonOfKind(way.facts, way.path));
  return { path: way.path, folder, name: basename(way.path), existing: way.facts, folderFacts };
}

function refusePlantedLink(
  path: string,
  links: Parameters<typeof plantedLink>[0],
  folder: FileFacts,
  user: number | undefined,
): void {
  const planted = plantedLink(links, folder.owner, user);
  if (planted === undefined) return;
  throw unsuitable(
    path,
    `user ${planted.owner} made the link ${planted.path} into a folder of user ${folder.owner}`,
    'if the link is meant to be there, give it to root (chown -h), or write the real path in the configuration',
  );
}

function reasonOf(way: Exclude<Way, { kind: 'found' }>): [string, string] {
  switch (way.kind) {
    case 'loop':
      return ['its symbolic links go in a circle', 'remove the circle of links, or name another file'];
    case 'missing':
      return [`there is no folder ${way.at}`, `make the folder ${way.at}, or name another file`];
    case 'not-a-folder':
      return [`${way.at} is not a folder`, 'name a file in a folder that exists'];
  }
}

function reasonOfKind({ kind }: FileFacts, at: string): [string, string] {
  if (kind === 'folder') return [`${at} is a folder`, 'name a file in it in the configuration'];
  return [`${at} is neither a file nor a folder`, 'remove it, or name another file in the configuration'];
}

function unsuitable(path: string, reason: string, hint: string): OcspbotError {
  return new OcspbotError('target-unsuitable', `cannot install to ${path}: ${reason}`, { hint });
}

/** As many as Linux follows (path_resolution(7)). */
const MOST_LINKS = 40;

interface Link {
  readonly path: string;
  readonly owner: number;
}

/** Where a path leads. Only its last component may be missing: then `facts` is undefined. */
type Way =
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

/** Why a staple could not be installed at this path now; undefined where nothing speaks against it. */
export function stapleTrouble(path: string, files: Files): OcspbotError | undefined {
  const folder = dirname(path);
  try {
    if (nearestFolder(folder, files) !== folder) return folderTrouble(folder, files);
    return folderTrouble(resolveTarget(path, files).folder, files);
  } catch (error) {
    return toOcspbotError(error);
  }
}

/** Why nothing could be written in a folder, which is made where it is missing. */
export function folderTrouble(folder: string, files: Files): OcspbotError | undefined {
  const existing = nearestFolder(folder, files);
  try {
    files.checkWritable(existing);
    return undefined;
  } catch (error) {
    return failure(`write to the folder ${existing}`, error, 'nothing was changed');
  }
}

/** The folder, or the lowest one above it that is there. */
function nearestFolder(folder: string, files: Files): string {
  try {
    files.resolve(folder);
    return folder;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const above = dirname(folder);
    return code === 'ENOENT' && above !== folder ? nearestFolder(above, files) : folder;
  }
}
