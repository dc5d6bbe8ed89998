import { join } from 'node:path';
import { readResponse } from '../ocsp/response.js';
import { errno, failure } from '../storage/errors.js';
import { removeStaleTemporaryFiles } from '../storage/temporary-files.js';
import type { Tools } from '../storage/tools.js';
import type { FolderEntry } from '../system/system.js';
import type { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import type { Duration } from '../util/time.js';
import { isPart, isPublishedPath } from './published-path.js';

export interface Cleaning {
  /** The published folder. */
  readonly root: string;
  /** The paths that are published now. */
  readonly published: { has(path: string): boolean };
  readonly maxAge: Duration;
  readonly tools: Tools;
}

interface Run extends Cleaning {
  readonly problems: OcspbotError[];
}

/**
 * Removes files at paths of requests whose responses are over, folders that become empty by that, and what dead runs have
 * left. Nothing else is removed, and links are not followed. Returns what went wrong.
 */
export async function removeOutdated(cleaning: Cleaning): Promise<OcspbotError[]> {
  const problems: OcspbotError[] = [];
  await cleanFolder('', { ...cleaning, problems });
  return problems;
}

/** Cleans a folder, and reports whether it was emptied. */
async function cleanFolder(below: string, run: Run): Promise<boolean> {
  const folder = join(run.root, below);
  try {
    const entries = run.tools.files.entries(folder);
    const names = entries.map(({ name }) => name);
    await removeStaleTemporaryFiles(folder, names, run.tools);
    let removed = 0;
    for (const entry of entries) removed += (await removeEntry(entry, below, run)) ? 1 : 0;
    return removed > 0 && removed === entries.length;
  } catch (error) {
    run.problems.push(failure(`clean up ${folder}`, error, 'responses that are over may stay there'));
    return false;
  }
}

async function removeEntry({ name, kind }: FolderEntry, below: string, run: Run): Promise<boolean> {
  const { root, published, tools } = run;
  const path = join(below, name);
  // All paths begin with the tag of a SEQUENCE. Other folders, such as lost+found, are none of ours.
  if (!isPart(name) || !path.startsWith('M')) return false;
  if (kind === 'folder') {
    if (!(await cleanFolder(path, run))) return false;
    await tools.files.removeFolder(join(root, path));
    return true;
  }
  const isOurs = kind === 'file' && !published.has(path) && isPublishedPath(path);
  if (!isOurs || !isOver(join(root, path), run)) return false;
  await tools.files.remove(join(root, path));
  return true;
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
