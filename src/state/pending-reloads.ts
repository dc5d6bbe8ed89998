import { join } from 'node:path';
import { doStep } from '../storage/errors.js';
import { handedBackName, PENDING_FILE } from '../storage/names.js';
import { replaceFile } from '../storage/temporary-files.js';
import type { Tools } from '../storage/tools.js';
import { serialQueue } from '../util/concurrency.js';
import type { Acknowledged } from './lock-files.js';
import { openStateFolder } from './state-folder.js';
import { noteOrigin, type OwnState } from './own-state.js';
import {
  acknowledgementOf,
  gatherPendingReloads,
  openPendingFolder,
  type PendingNames,
  readPendingFiles,
  replacePendingFile,
  type SeenFolder,
  encodePending,
  without,
} from './pending-reload-files.js';

const ONCE_MORE = 'the services may be reloaded once more';

/**
 * The pending reloads of a configuration, for use while its lock is held. Calls may overlap.
 *
 * Pending reloads are recorded in `reload-debt.json`. Those of which the caller was told are named in the claim that
 * releases the lock, with the ID of the file. One rename(2) releases the lock and acknowledges them: a run that is killed
 * earlier has told nobody. What is recorded later goes to a file with another ID, so no acknowledgement hides it.
 *
 * A caller that could not reload a service hands it back, in a file of its own, at any time and without the lock. A run
 * takes over the files that it finds at its beginning. Later ones may come from the caller of this run, or of a later one.
 */
export interface PendingReloadStore {
  read(): PendingNames;
  /** Records services as pending. They are on the disk when the promise resolves. Repeated records cost nothing. */
  record(services: Iterable<string>): Promise<void>;
  /** Removes services. The disk is not waited for: after a power cut one of them is reloaded once too often. */
  remove(services: Iterable<string>): Promise<void>;
  /** Removes a file all of whose services are acknowledged. */
  tidy(): Promise<void>;
  /** Prepares the acknowledgement of services of which the caller was told, for the release of the lock. */
  acknowledge(services: Iterable<string>): Promise<Acknowledged | undefined>;
}

/**
 * Opens the store. `all` are the services that count as pending if a file cannot be read, `seen` is what the holder of the
 * lock has seen in the folder.
 */
export function openPendingReloadStore(
  path: string,
  all: readonly string[],
  tools: Tools,
  seen?: SeenFolder,
): PendingReloadStore {
  const folder = openPendingFolder(path, tools, seen);
  const recorded = new Set<string>();
  const oneByOne = serialQueue();
  const read = (): PendingNames => readPendingFiles(folder, all);
  const recording = `record in ${join(path, PENDING_FILE)} which services to reload`;
  const removal = `remove finished reloads from ${join(path, PENDING_FILE)}`;
  return {
    read,
    record: (services) =>
      oneByOne(async () => {
        const missing = [...services].filter((service) => !recorded.has(service));
        if (missing.length === 0) return;
        const pending = new Set([...read().services, ...missing]);
        await doStep(recording, 'nothing was changed', async () => {
          await replacePendingFile(folder, pending);
          await tools.files.syncFolder(path);
        });
        for (const service of pending) recorded.add(service);
      }),
    remove: (services) =>
      oneByOne(async () => {
        const done = new Set(services);
        for (const service of done) recorded.delete(service);
        await doStep(removal, ONCE_MORE, () => gatherPendingReloads(folder, without(read(), done)));
      }),
    tidy: () =>
      oneByOne(() =>
        doStep(removal, ONCE_MORE, async () => {
          if (folder.names().length > 0 && read().services.length === 0)
            await gatherPendingReloads(folder, new Set());
        }),
      ),
    acknowledge: (services) =>
      oneByOne(() => doStep(removal, ONCE_MORE, () => acknowledgementOf(folder, read(), new Set(services)))),
  };
}

/**
 * Records that a caller could not reload these services, so that the next run asks for them again. It needs no lock and
 * may be called at any time (see PendingReloadStore).
 *
 * @throws OcspbotError if the folder cannot be written to
 */
export async function handBack(ownState: OwnState, services: readonly string[], tools: Tools): Promise<void> {
  const folder = await openStateFolder(ownState.folder, tools);
  await noteOrigin(ownState, tools);
  const consequence = 'the next run does not ask for these reloads: see to them by hand';
  await doStep(`note in ${folder} which services to reload`, consequence, async () => {
    const path = join(folder, handedBackName(tools.randomBytes(8)));
    await replaceFile(path, encodePending(services, tools), tools);
    await tools.files.syncFolder(folder);
  });
}
