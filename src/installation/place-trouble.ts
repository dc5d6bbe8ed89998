import { dirname } from 'node:path';
import { toOcspbotError, type OcspbotError } from '../errors.js';
import type { Files } from '../system/interfaces/files.js';
import { failure } from './failure.js';
import { resolveTarget } from './target.js';

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
