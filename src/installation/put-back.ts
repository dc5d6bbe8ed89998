import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { attempt } from './failure.js';
import { isPutBackName, putBackName } from './names.js';
import type { Tools } from './tools.js';

/** A response, as far as it matters here. */
interface Bytes {
  readonly der: Uint8Array;
}

/**
 * Which responses an administrator has put back by a rollback. Each has an empty file in the state folder whose name
 * says which bytes are meant: once others are in place it means nothing, and whoever put them there removes it.
 */
export interface PutBack {
  has(response: Bytes): boolean;
  /** To be called before the rename: the next run must know, whatever becomes of this one. */
  note(response: Bytes): Promise<void>;
  /** Of a response that is in place no longer. */
  forget(response: Bytes): Promise<void>;
}

/** Never throws: to who may not look there it is as if nothing had been put back. */
export function openPutBack(
  folder: string,
  { files }: { readonly files: Pick<Tools['files'], 'list' | 'create' | 'remove' | 'syncFolder'> },
): PutBack {
  const names = new Set(namesIn(folder, files));
  return {
    has: (response) => names.size > 0 && names.has(putBackName(digestOf(response))),
    note: async (response) => {
      const name = putBackName(digestOf(response));
      if (names.has(name)) return;
      await attempt(`note in ${folder} what was put back`, 'nothing was changed', async () => {
        await files.create({ path: join(folder, name), bytes: new Uint8Array(), mode: 0o644 });
        await files.syncFolder(folder);
      });
      names.add(name);
    },
    forget: async (response) => {
      if (names.size === 0) return;
      const name = putBackName(digestOf(response));
      if (!names.delete(name)) return;
      // One that stays does no harm.
      await files.remove(join(folder, name)).catch(() => undefined);
    },
  };
}

function namesIn(folder: string, files: Pick<Tools['files'], 'list'>): string[] {
  try {
    return files.list(folder).filter(isPutBackName);
  } catch {
    return [];
  }
}

function digestOf({ der }: Bytes): string {
  return createHash('sha256').update(der).digest('hex');
}
