import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { errno, failure } from '../storage/errors.js';
import type { Files, Snapshot } from '../system/system.js';
import { equalBytes } from '../util/bytes.js';
import type { Target } from './target.js';

/** The staple that is to be replaced. */
export type OldStaple = { readonly kind: 'none' } | { readonly kind: 'file'; readonly snapshot: Snapshot };

/** The path of the old staple, and the facts of the file that was there a moment ago. */
type Place = Pick<Target, 'path' | 'existing'>;

/**
 * Reads content and facts of the old staple at once, so that the backup gets the owner, group and mode of these very bytes. A
 * file that cannot be read, or is far too large, is not replaced: it may be anything.
 */
export function lookAtOldStaple({ path, existing }: Place, files: Files): OldStaple {
  if (existing === undefined) return { kind: 'none' };
  try {
    return { kind: 'file', snapshot: files.snapshot(path, LIMITS.backupFile) };
  } catch (error) {
    if (errno(error) === 'ENOENT') return { kind: 'none' };
    throw failure(`read the old staple ${path}`, error, 'the old staple stands');
  }
}

/**
 * Refuses to replace a staple that has changed since the new one was compared with it: it may be newer. If the old staple
 * was removed, the installation goes on, because a staple is needed.
 */
export function refuseChanged(place: Place, before: OldStaple, files: Files): void {
  const now = lookAtOldStaple(place, files);
  if (now.kind !== 'file') return;
  if (before.kind === 'file' && equalBytes(before.snapshot.bytes, now.snapshot.bytes)) return;
  throw new OcspbotError(
    'write-failed',
    `${place.path} was changed by something else during the installation`,
    {
      hint: 'run ocspbot again, and if this repeats look for another program or configuration that writes this file',
    },
  );
}
