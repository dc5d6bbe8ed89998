import { basename, dirname, sep } from 'node:path';
import { OcspbotError, toOcspbotError } from '../util/errors.js';
import { errno, failure } from '../storage/errors.js';
import { followLinks, type Link, plantedLink, RENEW_LINK, type Way } from '../storage/links.js';
import type { FileFacts, Files } from '../system/system.js';

/** The real file behind all links. */
export interface Target {
  readonly path: string;
  readonly folder: string;
  readonly name: string;
  /** The facts of the regular file that is there; undefined if there is none. */
  readonly existing: FileFacts | undefined;
  readonly folderFacts: FileFacts;
}

/**
 * Finds the file to replace for an absolute path. A dangling link leads to the file that it names.
 *
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
 * Returns the target as it is now.
 *
 * @throws OcspbotError if the path leads elsewhere by now: an attacker may change links to misuse the rights of root
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
  const { folderFacts } = way;
  if (folderFacts === undefined) throw unsuitable(path, ...reasonOf({ kind: 'missing', at: folder }));
  refusePlantedLink(path, way.links, folderFacts, files.user);
  if (way.facts !== undefined && way.facts.kind !== 'file')
    throw unsuitable(path, ...reasonOfKind(way.facts, way.path));
  return { path: way.path, folder, name: basename(way.path), existing: way.facts, folderFacts };
}

function refusePlantedLink(
  path: string,
  links: readonly Link[],
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
  if (kind === 'folder') return [`${at} is a folder`, 'name a file in it'];
  return [`${at} is neither a file nor a folder`, 'name another file'];
}

function unsuitable(path: string, reason: string, hint: string): OcspbotError {
  return new OcspbotError('target-unsuitable', `cannot write to ${path}: ${reason}`, { hint });
}

/** Returns the reason why a staple could not be installed at this path now; undefined if there is none. */
export function stapleTrouble(path: string, files: Files): OcspbotError | undefined {
  const folder = dirname(path);
  try {
    if (nearestFolder(folder, files) !== folder) return folderTrouble(folder, files);
    return folderTrouble(resolveTarget(path, files).folder, files);
  } catch (error) {
    return toOcspbotError(error);
  }
}

/** Returns the reason why a folder, or the nearest existing one above it, is not writable; undefined if there is none. */
export function folderTrouble(folder: string, files: Files): OcspbotError | undefined {
  const existing = nearestFolder(folder, files);
  try {
    // Only a folder has the entry `.`: a file in its place is ENOTDIR.
    files.checkWritable(`${existing}${sep}.`);
    return undefined;
  } catch (error) {
    switch (errno(error)) {
      case 'ENOENT':
        return danglingLink(existing, error);
      case 'ENOTDIR':
        return unsuitable(existing, 'a file stands where a folder has to be', BELOW_FILE);
      default:
        return failure(`write to the folder ${existing}`, error, 'nothing was changed');
    }
  }
}

const BELOW_FILE = 'name another place, or move that file away';

function danglingLink(path: string, cause: unknown): OcspbotError {
  return new OcspbotError('target-unsuitable', `the link ${path} leads to a folder that does not exist`, {
    hint: RENEW_LINK,
    cause,
  });
}

/** Returns the folder, or the nearest existing one above it, which may be a link that leads to nothing. */
function nearestFolder(folder: string, files: Files): string {
  try {
    files.resolve(folder);
    return folder;
  } catch (error) {
    const above = dirname(folder);
    if (errno(error) !== 'ENOENT' || above === folder || isLink(folder, files)) return folder;
    return nearestFolder(above, files);
  }
}

/** Reports whether a path is a link; false if this user may not look. */
function isLink(path: string, files: Files): boolean {
  try {
    return files.facts(path)?.kind === 'link';
  } catch {
    return false;
  }
}
