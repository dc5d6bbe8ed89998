import { basename, dirname } from 'node:path';
import { OcspbotError } from '../errors.js';
import type { FileFacts, Files } from '../system/interfaces/files.js';
import { failure } from './failure.js';
import { followLinks, plantedLink, type Way } from './links.js';

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
