import type { LockedState } from '../state/locked-state.js';

/** Keeps the record of the services whose staples the installations of a run are about to replace. */
export interface PendingReloads {
  /** Records the services as pending. They are on the disk when the promise resolves. */
  record(services: readonly string[]): Promise<void>;
  /**
   * Takes the record of a failed installation back. A service stays pending if another installation or an earlier run
   * needs its reload.
   */
  withdraw(services: readonly string[]): Promise<void>;
}

export function openPendingReloads({
  before,
  record,
  remove,
}: Pick<LockedState, 'before' | 'record' | 'remove'>): PendingReloads {
  const counts = new Map<string, number>();
  const add = (services: readonly string[], count: 1 | -1) => {
    for (const service of services) counts.set(service, (counts.get(service) ?? 0) + count);
  };
  return {
    record: async (services) => {
      add(services, 1);
      try {
        await record(services);
      } catch (error) {
        add(services, -1);
        throw error;
      }
    },
    withdraw: async (services) => {
      add(services, -1);
      const free = services.filter((name) => counts.get(name) === 0 && !before.services.includes(name));
      if (free.length > 0) await remove(free);
    },
  };
}
