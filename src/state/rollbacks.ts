import { join } from 'node:path';
import { doStep, errno, failure } from '../storage/errors.js';
import { isRestoredName, restoredName } from '../storage/names.js';
import type { Tools } from '../storage/tools.js';
import { sha256 } from '../util/bytes.js';
import type { StateOwner } from './locked-state.js';

interface Bytes {
  readonly der: Uint8Array;
}

/**
 * The responses that rollbacks have restored. Each has an empty file in the configuration's own folder; earlier versions
 * put it into the state folder itself. Its name contains the digest of the response, so it has no effect when another
 * response is in place. The installation of another response removes it.
 */
export interface Rollbacks {
  has(response: Bytes): boolean;
  /** Notes a response as restored. Called before the rename, so that the next run knows even if this one is killed. */
  note(response: Bytes): Promise<void>;
  /** Removes the note of a response that is no longer in place. */
  forget(response: Bytes): Promise<void>;
}

/**
 * Opens the notes of rollbacks. If there are none that this user may see, no response counts as restored.
 *
 * @throws OcspbotError if they cannot be listed now: a restored response would be refreshed like any other
 */
export function openRollbacks(
  { stateFolder, ownState: { folder } }: Pick<StateOwner, 'stateFolder' | 'ownState'>,
  { files }: { readonly files: Pick<Tools['files'], 'list' | 'create' | 'remove' | 'syncFolder'> },
): Rollbacks {
  const names = new Map([...namesIn(stateFolder, files), ...namesIn(folder, files)]);
  return {
    has: ({ der }) => names.size > 0 && names.has(restoredName(sha256(der))),
    note: async ({ der }) => {
      const name = restoredName(sha256(der));
      if (names.has(name)) return;
      await doStep(`note in ${folder} what was restored`, 'nothing was changed', async () => {
        await files.create({ path: join(folder, name), bytes: new Uint8Array(), mode: 0o644 });
        await files.syncFolder(folder);
      });
      names.set(name, folder);
    },
    forget: async ({ der }) => {
      if (names.size === 0) return;
      const name = restoredName(sha256(der));
      const place = names.get(name);
      if (place === undefined) return;
      names.delete(name);
      // A file that stays does no harm.
      await files.remove(join(place, name)).catch(() => undefined);
    },
  };
}

/** The errors of a folder that is not there, or not for this user. */
const UNSEEN: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'EACCES',
  'EPERM',
  'ELOOP',
  'ENAMETOOLONG',
]);

function namesIn(folder: string, files: Pick<Tools['files'], 'list'>): [name: string, folder: string][] {
  try {
    return files.list(folder).flatMap((name) => (isRestoredName(name) ? [[name, folder]] : []));
  } catch (error) {
    if (UNSEEN.has(errno(error) ?? '')) return [];
    throw failure(`see in ${folder} what was put back`, error, 'nothing was changed');
  }
}
