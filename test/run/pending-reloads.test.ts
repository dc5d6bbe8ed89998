import { describe, expect, test } from 'vitest';
import { openPendingReloads, type PendingReloads } from '../../src/run/pending-reloads.js';

interface Fixture {
  readonly pending: PendingReloads;
  /** The pending reloads on the disk. */
  readonly owed: Set<string>;
  isFull: boolean;
}

function fixture(before: readonly string[] = []): Fixture {
  const owed = new Set(before);
  const pending = openPendingReloads({
    before: { services: before, warning: undefined },
    record: (services) => {
      if (here.isFull) return Promise.reject(new Error('ENOSPC'));
      for (const name of services) owed.add(name);
      return Promise.resolve();
    },
    remove: (services) => {
      for (const name of services) owed.delete(name);
      return Promise.resolve();
    },
  });
  const here = { pending, owed, isFull: false };
  return here;
}

describe('an installation that has failed', () => {
  test('owes nothing', async () => {
    const { pending, owed } = fixture();
    await pending.record(['web', 'mail']);
    await pending.withdraw(['web', 'mail']);
    expect([...owed]).toEqual([]);
  });

  test('leaves what another one owes, whichever comes first', async () => {
    for (const order of ['before', 'after']) {
      const { pending, owed } = fixture();
      if (order === 'before') await pending.record(['web']);
      await pending.record(['web', 'mail']);
      if (order === 'after') await pending.record(['web']);
      await pending.withdraw(['web', 'mail']);
      expect([...owed]).toEqual(['web']);
    }
  });

  test('leaves what an earlier run owes', async () => {
    const { pending, owed } = fixture(['web']);
    await pending.record(['web', 'mail']);
    await pending.withdraw(['web', 'mail']);
    expect([...owed]).toEqual(['web']);
  });

  test('that could not be recorded counts for nothing', async () => {
    const here = fixture();
    here.isFull = true;
    await expect(here.pending.record(['web'])).rejects.toThrow('ENOSPC');
    here.isFull = false;
    await here.pending.record(['web']);
    await here.pending.withdraw(['web']);
    expect([...here.owed]).toEqual([]);
  });
});
