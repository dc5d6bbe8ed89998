import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { errno, failure } from '../storage/errors.js';
import type { Files, Snapshot } from '../system/system.js';
import type { Target } from './target.js';

/** What is to be replaced. */
export type OldStaple = { readonly kind: 'none' } | { readonly kind: 'file'; readonly snapshot: Snapshot };

/** Where it is looked for, and whether it was there a moment ago. */
type Place = Pick<Target, 'path' | 'existing'>;

/**
 * Takes content and facts at once: what is backed up with these rights is what had them. What cannot be read, or is far
 * too large, is not replaced: it may be anything.
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
 * Refuses to replace what was not there when the new staple was judged against the old one: it may be newer.
 * That it is gone is no reason: then a staple is needed all the more.
 */
export function refuseChanged(place: Place, before: OldStaple, files: Files): void {
  const now = lookAtOldStaple(place, files);
  if (now.kind !== 'file') return;
  if (before.kind === 'file' && sameBytes(before.snapshot.bytes, now.snapshot.bytes)) return;
  throw new OcspbotError(
    'write-failed',
    `${place.path} was changed by something else during the installation`,
    {
      hint: 'run ocspbot again, and if this repeats look for another program or configuration that writes this file',
    },
  );
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
