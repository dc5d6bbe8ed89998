import { OcspbotError } from '../util/errors.js';
import { followLinks, plantedLink, RENEW_LINK } from '../storage/links.js';
import { doStep, errno } from '../storage/errors.js';
import type { Tools } from '../storage/tools.js';

/**
 * Makes the state folder if it is missing, and returns its real path. Other users may look into it, for monitoring.
 *
 * @throws OcspbotError `target-unsuitable`, `no-space`, `not-permitted`, `read-only`, `write-failed`
 */
export async function openStateFolder(path: string, { files }: Tools): Promise<string> {
  return doStep(`make the state folder ${path}`, 'nothing was changed', async () => {
    try {
      await files.makeFolder(path, 0o755, 'without umask');
    } catch (error) {
      throw ['EEXIST', 'ENOTDIR', 'ELOOP'].includes(errno(error) ?? '')
        ? noFolder(path, files, error)
        : error;
    }
    const way = followLinks(path, files);
    if (way.kind !== 'found' || way.facts?.kind !== 'folder') throw noFolder(path, files);
    const planted = plantedLink(way.links, way.facts.owner, files.user);
    if (planted !== undefined)
      throw unsuitable(path, `user ${planted.owner} made the link ${planted.path} to it`);
    return way.path;
  });
}

/** Says why a path is not a folder, and cannot become one. */
function noFolder(path: string, files: Tools['files'], cause?: unknown): OcspbotError {
  const way = followLinks(path, files);
  const dangling = (at: string) =>
    unsuitable(path, `a link leads to ${at}, which does not exist`, cause, RENEW_LINK);
  switch (way.kind) {
    case 'missing':
      return dangling(way.at);
    case 'loop':
      return unsuitable(path, 'its links go in a circle', cause);
    case 'not-a-folder':
      return unsuitable(way.at, 'it is not a folder', cause);
    case 'found':
      return way.facts === undefined ? dangling(way.path) : unsuitable(path, 'it is not a folder', cause);
  }
}

function unsuitable(
  path: string,
  reason: string,
  cause?: unknown,
  hint = 'name a folder in state_folder that only the user who runs ocspbot can write to',
): OcspbotError {
  const message = `cannot use the state folder ${path}: ${reason}`;
  return new OcspbotError('target-unsuitable', message, { hint, cause });
}
