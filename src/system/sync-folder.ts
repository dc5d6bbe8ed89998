import { closeSync, constants, openSync } from 'node:fs';
import { disk } from './disk.js';

interface Syncs {
  running: Promise<void>;
  /** The one after it, which has not begun. */
  next: Promise<void> | undefined;
}

const folders = new Map<string, Syncs>();

/**
 * fsync of a folder. All who ask while one is under way share the one after it: what they have done before was not
 * there yet when the first began, and certainly is when the second does.
 */
export function syncFolder(folder: string): Promise<void> {
  const syncs = folders.get(folder) ?? { running: Promise.resolve(), next: undefined };
  folders.set(folder, syncs);
  syncs.next ??= syncs.running.then(
    () => begin(folder, syncs),
    () => begin(folder, syncs),
  );
  return syncs.next;
}

function begin(folder: string, syncs: Syncs): Promise<void> {
  syncs.running = sync(folder);
  syncs.next = undefined;
  return syncs.running;
}

async function sync(folder: string): Promise<void> {
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await disk.fsync(descriptor);
  } catch (error) {
    // Some file systems have no such operation: a rename is then as lasting as they make it.
    if (!['EINVAL', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    closeSync(descriptor);
  }
}
