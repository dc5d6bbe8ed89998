import { dirname } from 'node:path';
import { OcspbotError } from '../util/errors.js';
import { followLinks, plantedLink } from '../storage/links.js';
import { attempt, errno } from '../storage/errors.js';
import type { Tools } from '../storage/tools.js';

/**
 * Makes the state folder if it is missing, and returns its real path.
 *
 * @throws OcspbotError `target-unsuitable`, `no-space`, `not-permitted`, `read-only`, `write-failed`
 */
export async function openStateFolder(path: string, { files }: Tools): Promise<string> {
  return attempt(`make the state folder ${path}`, 'nothing was changed', async () => {
    try {
      await files.makeFolder(path, 0o755);
    } catch (error) {
      if (errno(error) === 'EEXIST') throw unsuitable(path, 'it is not a folder', error);
      if (errno(error) === 'ENOTDIR') throw unsuitable(dirname(path), 'it is not a folder', error);
      throw error;
    }
    const way = followLinks(path, files);
    if (way.kind !== 'found' || way.facts?.kind !== 'folder') throw unsuitable(path, 'it is not a folder');
    const planted = plantedLink(way.links, way.facts.owner, files.user);
    if (planted !== undefined)
      throw unsuitable(path, `user ${planted.owner} made the link ${planted.path} to it`);
    return way.path;
  });
}

function unsuitable(path: string, reason: string, cause?: unknown): OcspbotError {
  return new OcspbotError('target-unsuitable', `cannot use the state folder ${path}: ${reason}`, {
    hint: 'name a folder in state_folder that only the user who runs ocspbot can write to',
    cause,
  });
}
