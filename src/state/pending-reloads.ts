import { join } from 'node:path';
import { attempt } from '../storage/errors.js';
import { DEBT_FILE } from '../storage/names.js';
import type { Tools } from '../storage/tools.js';
import { serialQueue } from '../util/concurrency.js';
import {
  gatherPendingReloads,
  openPendingFolder,
  type PendingNames,
  readPendingFiles,
  replacePendingFile,
  without,
} from './pending-reload-files.js';
import { ONCE_MORE, setApart, type StrikeOut } from './strike-out.js';

/**
 * For use while the lock is held. Calls may overlap.
 *
 * What is owed lies in `reload-debt.json`. What the caller has been told is first moved to a file of its own, and that
 * is removed when the lock is released and nothing is left to do but to exit: a run that is killed before has told
 * nobody. A file of its own, because the next run may hold the lock by then and have written down what it owes.
 *
 * A caller that could not reload a service hands it back in a file of its own, at any time and without the lock. A run takes
 * over those that it finds at its beginning: what comes later may come from a caller of this run, or of a later one.
 */
export interface PendingReloadStore {
  read(): PendingNames;
  /** Adds to what is owed, on the disk when it ends; costs nothing for what this object has recorded before. */
  record(services: Iterable<string>): Promise<void>;
  /** Strikes out. Not waited for the disk: what a power cut brings back is one reload too many. */
  pay(services: Iterable<string>): Promise<void>;
  /** Gets ready to strike out what the caller has been told. The result does it, also without the lock. */
  setApart(services: Iterable<string>): Promise<StrikeOut>;
}

/** `all` are the services that are owed a reload when a file does not tell which. */
export function openPendingReloadStore(
  path: string,
  all: readonly string[],
  tools: Tools,
): PendingReloadStore {
  const folder = openPendingFolder(path, tools);
  const recorded = new Set<string>();
  const oneByOne = serialQueue();
  const read = (): PendingNames => readPendingFiles(folder, all);
  const strikeOut = `strike out what was told in ${join(path, DEBT_FILE)}`;
  return {
    read,
    record: (services) =>
      oneByOne(async () => {
        const missing = [...services].filter((service) => !recorded.has(service));
        if (missing.length === 0) return;
        const owed = new Set([...read().services, ...missing]);
        const step = `record in ${join(path, DEBT_FILE)} which services to reload`;
        await attempt(step, 'nothing was changed', async () => {
          await replacePendingFile(folder, owed);
          await tools.files.syncFolder(path);
        });
        for (const service of owed) recorded.add(service);
      }),
    pay: (services) =>
      oneByOne(async () => {
        const paid = new Set(services);
        for (const service of paid) recorded.delete(service);
        await attempt(strikeOut, ONCE_MORE, () => gatherPendingReloads(folder, without(read(), paid)));
      }),
    setApart: (services) =>
      oneByOne(() => attempt(strikeOut, ONCE_MORE, () => setApart(folder, read, new Set(services)))),
  };
}
