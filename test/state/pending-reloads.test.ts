import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openPendingReloadStore } from '../../src/state/pending-reloads.js';
import type { Tools } from '../../src/storage/tools.js';
import { untilStruckOut } from '../../src/state/strike-out.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { realTools } from '../installation/support/tools.js';

const ALL = ['mail', 'web'];
const tools = realTools();

/** Writes down what changes names, and what makes it last. */
function recordingTools(steps: string[]): Tools {
  const { files } = tools;
  const record =
    <Args extends unknown[], Result>(step: string, action: (...args: Args) => Result) =>
    (...args: Args): Result => {
      steps.push(step);
      return action(...args);
    };
  return realTools({
    files: {
      ...files,
      rename: record('rename', files.rename),
      syncFolder: record('sync', files.syncFolder),
      remove: record('remove', files.remove),
      removeAtOnce: record('remove', files.removeAtOnce),
    },
  });
}

describe('the reload debt', () => {
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

  it('is none where no file is, and none is made by reading or paying', async () => {
    const sandbox = makeSandbox();
    const debt = openPendingReloadStore(sandbox.folder, ALL, tools);
    expect(debt.read()).toEqual({ services: [], warning: undefined });
    await debt.strikeOut(['web']);
    expect(sandbox.list()).toEqual([]);
  });

  it('is paid service by service, and leaves nothing at the end', async () => {
    const sandbox = makeSandbox();
    const debt = openPendingReloadStore(sandbox.folder, ALL, tools);
    await debt.record(['web', 'mail']);
    await debt.strikeOut(['web', 'other']);
    expect(debt.read().services).toEqual(['mail']);
    await debt.strikeOut(['mail']);
    expect(sandbox.list()).toEqual([]);
    await debt.record(['web']);
    expect(debt.read().services).toEqual(['web']);
  });

  it('is not written again for what is recorded already', async () => {
    const sandbox = makeSandbox();
    const debt = openPendingReloadStore(sandbox.folder, ALL, tools);
    await debt.record(['web', 'mail']);
    const before = sandbox.snapshot();
    await debt.record(['mail']);
    await debt.record([]);
    expect(sandbox.snapshot()).toEqual(before);
  });

  it('has all of what overlapping calls record', async () => {
    const sandbox = makeSandbox();
    const debt = openPendingReloadStore(sandbox.folder, ALL, tools);
    const names = Array.from({ length: 50 }, (_, index) => `service ${index % 7}`);
    await Promise.all(names.map((name) => debt.record([name])));
    expect(debt.read().services).toEqual([...new Set(names)].toSorted());
    expect(sandbox.list()).toEqual(['reload-debt.json']);
  });

  it.each([
    ['empty', ''],
    ['cut off', '{"schema":1,"serv'],
    ['no object', 'null'],
    ['of another schema', '{"schema":2,"services":[]}'],
    ['without services', '{"schema":1}'],
    ['with names that could play with a terminal', String.raw`{"schema":1,"services":["\u001b[2Jweb"]}`],
    ['with services that are no names', '{"schema":1,"services":[1]}'],
    ['too large', `{"schema":1,"services":["${'x'.repeat(70_000)}"]}`],
  ])('is owed to every service when the file is %s', async (_, content) => {
    const sandbox = makeSandbox();
    sandbox.write('reload-debt.json', content);
    const debt = openPendingReloadStore(sandbox.folder, ALL, tools);
    expect(debt.read()).toEqual({ services: ALL, warning: expect.stringContaining('reload-debt.json') });
    await debt.record(['new']);
    expect(openPendingReloadStore(sandbox.folder, [], tools).read()).toEqual({
      services: ['mail', 'new', 'web'],
      warning: undefined,
    });
  });

  it('is paid off though the file was damaged', async () => {
    const sandbox = makeSandbox();
    sandbox.write('reload-debt.json', '{');
    await openPendingReloadStore(sandbox.folder, ALL, tools).strikeOut(['web']);
    expect(openPendingReloadStore(sandbox.folder, ALL, tools).read().services).toEqual(['mail']);
    await openPendingReloadStore(sandbox.folder, ALL, tools).strikeOut(ALL);
    expect(sandbox.list()).toEqual([]);
  });

  it('neither reads nor writes through a planted link', async () => {
    const sandbox = makeSandbox();
    mkdirSync(sandbox.path('state'));
    writeFileSync(sandbox.path('precious'), '{"schema":1,"services":[]}');
    symlinkSync('../precious', sandbox.path('state/reload-debt.json'));
    const debt = openPendingReloadStore(sandbox.path('state'), ALL, tools);
    expect(debt.read().services).toEqual(ALL);
    await debt.record(['web']);
    expect(sandbox.text('precious')).toBe('{"schema":1,"services":[]}');
  });

  describe('that was told', () => {
    it('is owed until it is struck out, at once and for good', async () => {
      const sandbox = makeSandbox();
      const debt = openPendingReloadStore(sandbox.folder, ALL, tools);
      await debt.record(['web', 'mail']);
      const strikeOut = await debt.acknowledge(ALL);
      expect(debt.read().services).toEqual(['mail', 'web']);
      strikeOut();
      expect(sandbox.list()).toEqual([]);
    });

    it('leaves what was not told', async () => {
      const sandbox = makeSandbox();
      const debt = openPendingReloadStore(sandbox.folder, ALL, tools);
      await debt.record(['web', 'mail']);
      (await debt.acknowledge(['web', 'other']))();
      expect(debt.read().services).toEqual(['mail']);
      const before = sandbox.snapshot();
      (await debt.acknowledge([]))();
      (await debt.acknowledge(['web']))();
      expect(sandbox.snapshot()).toEqual(before);
    });

    it('goes when what is left is on the disk', async () => {
      const sandbox = makeSandbox();
      const steps: string[] = [];
      const debt = openPendingReloadStore(sandbox.folder, ALL, recordingTools(steps));
      await openPendingReloadStore(sandbox.folder, ALL, tools).record(['web', 'mail']);
      (await debt.acknowledge(['web']))();
      expect(steps).toEqual(['rename', 'rename', 'sync', 'remove']);
      steps.length = 0;
      // A dead run has left one apart, and one besides.
      sandbox.write('reload-debt-0123456789abcdef.json', '{"schema":1,"services":["web"]}');
      await debt.strikeOut(['mail']);
      expect(steps).toEqual(['rename', 'sync', 'remove']);
      expect(debt.read().services).toEqual(['web']);
    });

    it('is still owed when the run dies before it strikes it out, and again', async () => {
      const sandbox = makeSandbox();
      await openPendingReloadStore(sandbox.folder, ALL, tools).record(['web']);
      for (let death = 0; death < 3; death++) {
        await openPendingReloadStore(sandbox.folder, ALL, tools).acknowledge(['web']);
        await openPendingReloadStore(sandbox.folder, ALL, tools).record(['mail']);
      }
      const debt = openPendingReloadStore(sandbox.folder, ALL, tools);
      expect(debt.read().services.toSorted()).toEqual(ALL);
      (await debt.acknowledge(ALL))();
      expect(sandbox.list()).toEqual([]);
    });

    it('is struck out, and nothing else, when the next run has begun already', async () => {
      const sandbox = makeSandbox();
      const first = openPendingReloadStore(sandbox.folder, ALL, tools);
      await first.record(['web']);
      const strikeOut = await first.acknowledge(['web']);
      const second = openPendingReloadStore(sandbox.folder, ALL, tools);
      await second.record(['mail']);
      strikeOut();
      expect(openPendingReloadStore(sandbox.folder, ALL, tools).read().services.toSorted()).toEqual(ALL);
      (await second.acknowledge(ALL))();
      strikeOut();
      expect(sandbox.list()).toEqual([]);
    });
  });

  describe('that a caller hands back', () => {
    const handBack = (sandbox: Sandbox, random: string, service: string) =>
      sandbox.write(`handed-back-${random.repeat(16)}.json`, `{"schema":1,"services":["${service}"]}\n`);

    it('is owed like all else, and struck out when it was told', async () => {
      const sandbox = makeSandbox();
      handBack(sandbox, '0', 'web');
      handBack(sandbox, '1', 'mail');
      const debt = openPendingReloadStore(sandbox.folder, ALL, tools);
      expect(debt.read().services.toSorted()).toEqual(ALL);
      (await debt.acknowledge(['web']))();
      expect(sandbox.list()).toEqual(['reload-debt.json']);
      expect(debt.read().services).toEqual(['mail']);
      await debt.strikeOut(['mail']);
      expect(sandbox.list()).toEqual([]);
    });

    it('while a run is at work is left to the next one', async () => {
      const sandbox = makeSandbox();
      const debt = openPendingReloadStore(sandbox.folder, ALL, tools);
      await debt.record(['web']);
      handBack(sandbox, '0', 'web');
      expect(debt.read().services).toEqual(['web']);
      await debt.record(['mail']);
      await debt.strikeOut(['web']);
      (await debt.acknowledge(ALL))();
      expect(openPendingReloadStore(sandbox.folder, ALL, tools).read().services).toEqual(['web']);
    });

    it('does not look like one that is being struck out', async () => {
      const sandbox = makeSandbox();
      handBack(sandbox, '0', 'web');
      const sleep = () => Promise.reject(new Error('nobody is waited for'));
      await untilStruckOut(sandbox.folder, { ...tools, sleep });
    });
  });

  it('says so when it cannot be recorded, and can be once the reason is gone', async () => {
    const sandbox = makeSandbox();
    const debt = openPendingReloadStore(sandbox.path('state'), ALL, tools);
    await expect(debt.record(['web'])).rejects.toMatchObject({
      code: 'write-failed',
      hint: expect.anything(),
    });
    mkdirSync(sandbox.path('state'));
    await debt.record(['web']);
    expect(debt.read().services).toEqual(['web']);
  });
});
