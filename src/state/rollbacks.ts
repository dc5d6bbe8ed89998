import type { StateOwner } from './locked-state.js';
import { join } from 'node:path';
import { sha256 } from '../util/bytes.js';
import { attempt } from '../storage/errors.js';
import { isPutBackName, putBackName } from '../storage/names.js';
import type { Tools } from '../storage/tools.js';

/** A response, as far as it matters here. */
interface Bytes {
  readonly der: Uint8Array;
}

/**
 * Knows the responses that an administrator has put back by a rollback. Each has an empty file in the configuration's own
 * folder, or one that an earlier version left in the state folder itself. Its name says which bytes are meant: once others
 * are in place it means nothing, and whoever put them there removes it.
 */
export interface Rollbacks {
  has(response: Bytes): boolean;
  /** To be called before the rename: the next run must know, whatever becomes of this one. */
  note(response: Bytes): Promise<void>;
  /** Of a response that is in place no longer. */
  forget(response: Bytes): Promise<void>;
}

/** Never throws: a user who may not look there sees no response that was put back. */
export function openRollbacks(
  { stateFolder, ownState: { folder } }: Pick<StateOwner, 'stateFolder' | 'ownState'>,
  { files }: { readonly files: Pick<Tools['files'], 'list' | 'create' | 'remove' | 'syncFolder'> },
): Rollbacks {
  const names = new Map([...namesIn(stateFolder, files), ...namesIn(folder, files)]);
  return {
    has: (response) => names.size > 0 && names.has(putBackName(digestOf(response))),
    note: async (response) => {
      const name = putBackName(digestOf(response));
      if (names.has(name)) return;
      await attempt(`note in ${folder} what was put back`, 'nothing was changed', async () => {
        await files.create({ path: join(folder, name), bytes: new Uint8Array(), mode: 0o644 });
        await files.syncFolder(folder);
      });
      names.set(name, folder);
    },
    forget: async (response) => {
      if (names.size === 0) return;
      const name = putBackName(digestOf(response));
      const place = names.get(name);
      if (place === undefined) return;
      names.delete(name);
      // One that stays does no harm.
      await files.remove(join(place, name)).catch(() => undefined);
    },
  };
}

function namesIn(folder: string, files: Pick<Tools['files'], 'list'>): [name: string, folder: string][] {
  try {
    return files.list(folder).flatMap((name) => (isPutBackName(name) ? [[name, folder]] : []));
  } catch {
    return [];
  }
}

function digestOf({ der }: Bytes): string {
  return sha256(der);
}
