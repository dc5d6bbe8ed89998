import { basename, dirname, join } from 'node:path';
import { readResponse } from '../ocsp/response.js';
import type { InspectedCertificate } from '../run/inspect.js';
import { attempt, errno } from '../storage/errors.js';
import { removeStaleTemporaryFiles, replaceFile } from '../storage/temporary-files.js';
import type { Tools } from '../storage/tools.js';
import { equalBytes } from '../util/bytes.js';
import { LIMITS } from '../util/limits.js';
import type { Duration } from '../util/time.js';
import { isPart, isPublishedPath, publishedPaths } from './published-path.js';

/** A response, and its path below the folder. */
export type PublishedFile = readonly [path: string, der: Uint8Array];

/** The published files by their paths below the folder. */
type Publication = ReadonlyMap<string, Uint8Array>;

/** Returns the files of one certificate. It has none without a usable staple: its run has already said so. */
export function filesFor({
  staple,
  question,
}: Pick<InspectedCertificate, 'staple' | 'question'>): PublishedFile[] {
  if (staple.kind !== 'usable') return [];
  const { der } = staple.response;
  const response = readResponse(der);
  if (response.kind !== 'basic') return [];
  return publishedPaths(question, response.responses).map((path) => [path, der]);
}

/**
 * Publishes the verified staples of all certificates as files under the paths of GET (RFC 9919), for a web server. Each
 * file is replaced in one step, and only if it differs. Files whose responses are over are removed afterwards, and no others:
 * several configurations may share the folder, and clients keep asking while a response is good. Throws OcspbotErrors.
 */
export async function publishResponses(
  root: string,
  published: readonly PublishedFile[],
  maxAge: Duration,
  tools: Tools,
): Promise<void> {
  const publication: Publication = new Map(published);
  const consequence = 'those who fetch from there get the responses that were published before';
  for (const [path, der] of publication) {
    const file = join(root, path);
    await attempt(`publish a response at ${file}`, consequence, () => publishFile(file, der, tools));
  }
  await attempt(`clean up ${root}`, 'responses that are over may stay there', () =>
    removeOutdated({ root, below: '' }, { publication, maxAge, tools }),
  );
}

async function publishFile(path: string, der: Uint8Array, tools: Tools): Promise<void> {
  if (holds(path, der, tools)) return;
  const folder = dirname(path);
  await tools.files.makeFolder(folder, 0o755, 'without umask');
  await replaceFile(folder, basename(path), der, tools);
}

function holds(path: string, der: Uint8Array, { files }: Tools): boolean {
  try {
    return equalBytes(files.read(path, LIMITS.stapleFile), der);
  } catch (error) {
    if (errno(error) === 'ENOENT' || errno(error) === 'EFBIG') return false;
    throw error;
  }
}

/** The published folder, and a path of a folder below it. */
interface Place {
  readonly root: string;
  readonly below: string;
}

interface Cleaning {
  readonly publication: Publication;
  readonly maxAge: Duration;
  readonly tools: Tools;
}

/** Removes files at paths of requests whose responses are over, and what dead runs have left. Links are not followed. */
async function removeOutdated({ root, below }: Place, cleaning: Cleaning): Promise<void> {
  const { publication, tools } = cleaning;
  const folder = join(root, below);
  const entries = tools.files.entries(folder);
  const names = entries.map(({ name }) => name);
  await removeStaleTemporaryFiles(folder, names, tools);
  for (const { name, kind } of entries) {
    const path = join(below, name);
    if (!isPart(name)) continue;
    if (kind === 'folder') await removeOutdated({ root, below: path }, cleaning);
    if (kind !== 'file' || publication.has(path) || !isPublishedPath(path)) continue;
    if (isOver(join(root, path), cleaning)) await tools.files.remove(join(root, path));
  }
}

/** Reports whether a response is over. A file without a response is of no use to anybody who asks for its path. */
function isOver(path: string, { maxAge, tools: { files, now } }: Cleaning): boolean {
  try {
    const response = readResponse(files.read(path, LIMITS.stapleFile));
    if (response.kind !== 'basic') return true;
    return response.responses.every(({ thisUpdate, nextUpdate }) => {
      if (thisUpdate.kind === 'malformed' || nextUpdate?.kind === 'malformed') return true;
      return now >= Math.min(nextUpdate?.instant ?? Infinity, thisUpdate.instant + maxAge);
    });
  } catch (error) {
    return errno(error) === undefined;
  }
}
