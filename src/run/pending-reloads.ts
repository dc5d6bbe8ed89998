import type { LockedState } from '../state/locked-state.js';

/** Notes which services an installation is about to owe a reload. */
export interface PendingReloads {
  /** On the disk when it ends. */
  record(services: readonly string[]): Promise<void>;
  /** For an installation that has failed: its services owe nothing, unless another installation or an earlier run does. */
  withdraw(services: readonly string[]): Promise<void>;
}

export function openPendingReloads({
  before,
  record,
  pay,
}: Pick<LockedState, 'before' | 'record' | 'pay'>): PendingReloads {
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
      if (free.length > 0) await pay(free);
    },
  };
}
