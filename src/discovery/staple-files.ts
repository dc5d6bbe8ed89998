import { plainlyOther } from '../staple/other-file.js';
import { LIMITS } from '../util/limits.js';
import { orUndefined, type DiscoveryFiles, targetKind } from './files.js';

/** Says what a file that a server staples is, if ocspbot would not write a response to it; undefined if it would. */
export function otherThanResponse(path: string, files: DiscoveryFiles): string | undefined {
  const kind = targetKind(path, files);
  if (kind === 'folder') return 'it is a folder';
  if (kind === 'other') return 'it is not a regular file';
  const bytes = kind === 'file' ? orUndefined(() => files.read(path, LIMITS.stapleFile)) : undefined;
  return bytes && plainlyOther(bytes);
}
