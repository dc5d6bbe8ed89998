import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openPendingReloadStore, type PendingReloadStore } from '../../src/state/pending-reloads.js';
import { LIMITS } from '../../src/util/limits.js';
import { acquireLock } from '../../src/state/lock.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { realTools } from '../installation/support/tools.js';

const ALL = ['mail', 'web'];
const tools = realTools();

describe('the pending reloads', () => {
  it('outlives the run that recorded it', async () => {
    const { folder } = makeSandbox();
    await openPendingReloadStore(folder, ALL, tools).record(['web']);
    expect(openPendingReloadStore(folder, ALL, tools).read()).toEqual({
      services: ['web'],
      warning: undefined,
    });
    await openPendingReloadStore(folder, ALL, tools).record(['mail', '-']);
    expect(openPendingReloadStore(folder, ALL, tools).read().services).toEqual(['-', 'mail', 'web']);
  });

  it('cannot be tidied while the folder cannot be listed, and says so in words', async () => {
    const { folder } = makeSandbox();
    const list = () => {
      throw Object.assign(new Error("EMFILE: no, scandir 'x'"), { code: 'EMFILE', syscall: 'scandir' });
    };
    const files = { ...tools.files, list };
    await expect(openPendingReloadStore(folder, ALL, { ...tools, files }).tidy()).rejects.toMatchObject({
      message: expect.stringMatching(/^cannot remove finished reloads from /) as string,
      hint: expect.stringContaining('ulimit -n') as string,
    });
  });

  it('is none where no file is, and none is made by reading or paying', async () => {
    const sandbox = makeSandbox();
    const store = openPendingReloadStore(sandbox.folder, ALL, tools);
    expect(store.read()).toEqual({ services: [], warning: undefined });
    await store.remove(['web']);
    expect(sandbox.list()).toEqual([]);
  });

  it.each(['list', 'snapshot'] as const)('says what to do where this user may not %s', async (method) => {
    const { folder } = makeSandbox();
    await openPendingReloadStore(folder, ALL, tools).record(['web']);
    const refuse = () => {
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', syscall: 'open' });
    };
    const files = { ...tools.files, [method]: refuse };
    expect(openPendingReloadStore(folder, ALL, { ...tools, files }).read()).toEqual({
      services: ALL,
      warning: expect.stringMatching(
        /^every service may be owed a reload: .*EACCES: permission denied; let this user read it$/,
      ),
    });
  });

  it('is paid service by service, and leaves nothing at the end', async () => {
    const sandbox = makeSandbox();
    const store = openPendingReloadStore(sandbox.folder, ALL, tools);
    await store.record(['web', 'mail']);
    await store.remove(['web', 'other']);
    expect(store.read().services).toEqual(['mail']);
    await store.remove(['mail']);
    expect(sandbox.list()).toEqual([]);
    await store.record(['web']);
    expect(store.read().services).toEqual(['web']);
  });

  it('has the services of a configuration, however many and however long their names are', async () => {
    const { folder } = makeSandbox();
    const all = Array.from({ length: 3000 }, (_, index) => `${index}-${'n'.repeat(100)}`).toSorted();
    const lock = await acquireLock(folder, tools);
    if (lock.kind !== 'held') throw new Error('busy');
    const store = openPendingReloadStore(folder, all, tools, lock);
    await store.record(all);
    expect(store.read()).toEqual({ services: all, warning: undefined });
    await lock.release({ acknowledged: await store.acknowledge(all) });
    const next = await acquireLock(folder, tools);
    if (next.kind !== 'held') throw new Error('busy');
    expect(openPendingReloadStore(folder, all, tools, next).read().services).toEqual([]);
    expect((await acquireLock(folder, tools)).kind).toBe('busy');
  });

  it('is not acknowledged where the disk does not give it back', async () => {
    const { folder } = makeSandbox();
    await openPendingReloadStore(folder, ALL, tools).record(['web']);
    const fail = () => {
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', syscall: 'read' });
    };
    const store = openPendingReloadStore(folder, ALL, {
      ...tools,
      files: { ...tools.files, snapshot: fail },
    });
    await expect(store.acknowledge(['web'])).rejects.toMatchObject({
      code: 'read-back-differs',
      hint: expect.stringContaining('the services may be reloaded once more'),
    });
  });

  it('is not written again for what is recorded already', async () => {
    const sandbox = makeSandbox();
    const store = openPendingReloadStore(sandbox.folder, ALL, tools);
    await store.record(['web', 'mail']);
    const before = sandbox.snapshot();
    await store.record(['mail']);
    await store.record([]);
    expect(sandbox.snapshot()).toEqual(before);
  });

  it('has all of what overlapping calls record', async () => {
    const sandbox = makeSandbox();
    const store = openPendingReloadStore(sandbox.folder, ALL, tools);
    const names = Array.from({ length: 50 }, (_, index) => `service ${index % 7}`);
    await Promise.all(names.map((name) => store.record([name])));
    expect(store.read().services).toEqual([...new Set(names)].toSorted());
    expect(sandbox.list()).toEqual(['reload-debt.json']);
  });

  it.each([
    ['empty', ''],
    ['cut off', '{"schema":1,"serv'],
    ['no object', 'null'],
    ['of another schema', '{"schema":2,"services":[]}'],
    ['without services', '{"schema":1}'],
    ['with names that could play with a terminal', String.raw`{"schema":1,"services":["\u001b[2Jweb"]}`],
    ['with services that are not names', '{"schema":1,"services":[1]}'],
    ['too large', `{"schema":1,"services":["${'x'.repeat(LIMITS.stateFile)}"]}`],
  ])('is owed to every service when the file is %s', async (_, content) => {
    const sandbox = makeSandbox();
    sandbox.write('reload-debt.json', content);
    const store = openPendingReloadStore(sandbox.folder, ALL, tools);
    expect(store.read()).toEqual({ services: ALL, warning: expect.stringContaining('reload-debt.json') });
    await store.record(['new']);
    expect(openPendingReloadStore(sandbox.folder, [], tools).read()).toEqual({
      services: ['mail', 'new', 'web'],
      warning: undefined,
    });
  });

  it('is paid off though the file was damaged', async () => {
    const sandbox = makeSandbox();
    sandbox.write('reload-debt.json', '{');
    await openPendingReloadStore(sandbox.folder, ALL, tools).remove(['web']);
    expect(openPendingReloadStore(sandbox.folder, ALL, tools).read().services).toEqual(['mail']);
    await openPendingReloadStore(sandbox.folder, ALL, tools).remove(ALL);
    expect(sandbox.list()).toEqual([]);
  });

  it('neither reads nor writes through a planted link', async () => {
    const sandbox = makeSandbox();
    mkdirSync(sandbox.path('state'));
    writeFileSync(sandbox.path('precious'), '{"schema":1,"services":[]}');
    symlinkSync('../precious', sandbox.path('state/reload-debt.json'));
    const store = openPendingReloadStore(sandbox.path('state'), ALL, tools);
    expect(store.read().services).toEqual(ALL);
    await store.record(['web']);
    expect(sandbox.text('precious')).toBe('{"schema":1,"services":[]}');
  });

  describe('that was told', () => {
    /** A run that tells its caller of services, and one more that records others. */
    async function tell(
      folder: string,
      told: readonly string[],
      recorded: readonly string[] = [],
    ): Promise<void> {
      const lock = await acquireLock(folder, tools);
      if (lock.kind !== 'held') throw new Error('the lock is busy');
      const pending = openPendingReloadStore(folder, ALL, tools);
      await pending.record(recorded);
      await lock.release({ acknowledged: await pending.acknowledge(told) });
    }

    const pendingIn = (folder: string) => openPendingReloadStore(folder, ALL, tools).read().services;

    it('is pending until the lock is released, and not after that', async () => {
      const { folder } = makeSandbox();
      const lock = await acquireLock(folder, tools);
      if (lock.kind !== 'held') throw new Error('the lock is busy');
      const pending = openPendingReloadStore(folder, ALL, tools);
      await pending.record(['web', 'mail']);
      const acknowledged = await pending.acknowledge(ALL);
      expect(pendingIn(folder).toSorted()).toEqual(ALL);
      await lock.release({ acknowledged });
      expect(pendingIn(folder)).toEqual([]);
    });

    it('leaves what was not told', async () => {
      const { folder } = makeSandbox();
      await tell(folder, ['web', 'other'], ['web', 'mail']);
      expect(pendingIn(folder)).toEqual(['mail']);
      await tell(folder, []);
      expect(pendingIn(folder)).toEqual(['mail']);
      await tell(folder, ['mail']);
      expect(pendingIn(folder)).toEqual([]);
    });

    it('stays acknowledged through runs that tell nothing, also when they die', async () => {
      const { folder } = makeSandbox();
      await tell(folder, ['web'], ['web', 'mail']);
      for (let death = 0; death < 3; death++) {
        await acquireLock(folder, { ...tools, processes: { ...tools.processes, lifeOf: () => 'dead' } });
        expect(pendingIn(folder)).toEqual(['mail']);
      }
    });

    it('is pending again when it is recorded again', async () => {
      const { folder } = makeSandbox();
      await tell(folder, ['web'], ['web', 'mail']);
      await tell(folder, [], ['web']);
      expect(pendingIn(folder).toSorted()).toEqual(ALL);
      await tell(folder, ALL);
      await tell(folder, [], ['mail']);
      expect(pendingIn(folder)).toEqual(['mail']);
    });

    it('is gathered from several files, and its file goes with the next run', async () => {
      const sandbox = makeSandbox();
      sandbox.write(`handed-back-${'0'.repeat(16)}.json`, '{"schema":1,"services":["web"]}');
      await tell(sandbox.folder, ALL, ['mail']);
      expect(sandbox.list()).toEqual(['lock-1', 'reload-debt.json']);
      await openPendingReloadStore(sandbox.folder, ALL, tools).tidy();
      expect(sandbox.list()).toEqual(['lock-1']);
    });

    it.each([
      ['damaged', '{'],
      ['of an earlier version', '{"schema":1,"services":["web"]}'],
    ])('can be acknowledged though the file was %s', async (_, content) => {
      const sandbox = makeSandbox();
      sandbox.write('reload-debt.json', content);
      await tell(sandbox.folder, ALL);
      expect(pendingIn(sandbox.folder)).toEqual([]);
    });
  });

  describe('that a caller hands back', () => {
    const handBack = (sandbox: Sandbox, random: string, service: string) =>
      sandbox.write(`handed-back-${random.repeat(16)}.json`, `{"schema":1,"services":["${service}"]}\n`);

    it('is pending like all else until its service was reloaded', async () => {
      const sandbox = makeSandbox();
      handBack(sandbox, '0', 'web');
      handBack(sandbox, '1', 'mail');
      const store = openPendingReloadStore(sandbox.folder, ALL, tools);
      expect(store.read().services.toSorted()).toEqual(ALL);
      await store.remove(['web']);
      expect(sandbox.list()).toEqual(['reload-debt.json']);
      expect(store.read().services).toEqual(['mail']);
      await store.remove(['mail']);
      expect(sandbox.list()).toEqual([]);
    });

    it('while a run is at work is left to the next one', async () => {
      const sandbox = makeSandbox();
      const store = openPendingReloadStore(sandbox.folder, ALL, tools);
      await store.record(['web']);
      handBack(sandbox, '0', 'web');
      expect(store.read().services).toEqual(['web']);
      await store.record(['mail']);
      await store.remove(['web']);
      await store.acknowledge(ALL);
      expect(openPendingReloadStore(sandbox.folder, ALL, tools).read().services).toContain('web');
    });
  });

  it('says so when it cannot be recorded, and can be once the reason is gone', async () => {
    const sandbox = makeSandbox();
    const store = openPendingReloadStore(sandbox.path('state'), ALL, tools);
    await expect(store.record(['web'])).rejects.toMatchObject({
      code: 'write-failed',
      hint: expect.anything(),
    });
    mkdirSync(sandbox.path('state'));
    await store.record(['web']);
    expect(store.read().services).toEqual(['web']);
  });

  it.each<[string, string, (store: PendingReloadStore) => Promise<unknown>]>([
    ['remove', '["web"]', (store) => store.remove(['web'])],
    ['acknowledge', '["web"]', (store) => store.acknowledge(['web'])],
    ['tidy', '[]', (store) => store.tidy()],
  ])('says so when it cannot be removed by %s', async (_, services, act) => {
    const sandbox = makeSandbox();
    sandbox.write('reload-debt.json', `{"schema":1,"services":${services}}`);
    const refuse = () => {
      throw Object.assign(new Error('EIO: i/o error, open'), { code: 'EIO', syscall: 'open' });
    };
    const files = { ...tools.files, create: refuse, remove: refuse };
    const store = openPendingReloadStore(sandbox.folder, ALL, { ...tools, files });
    await expect(act(store)).rejects.toMatchObject({
      message: `cannot remove finished reloads from ${sandbox.path('reload-debt.json')}: i/o error (EIO)`,
      hint: expect.stringMatching(/; the services may be reloaded once more$/),
    });
  });
});
