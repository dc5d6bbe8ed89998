import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { disk, syncFolder } from '../../src/system/disk.js';
import { makeSandbox } from '../support/sandbox.js';

/** The real one, as soon as it may begin; counted when it has begun. */
function heldBack() {
  const begun: (() => void)[] = [];
  const { fsync } = disk;
  const spy = vi.spyOn(disk, 'fsync').mockImplementation(async (descriptor) => {
    await new Promise<void>((resolve) => begun.push(resolve));
    await fsync(descriptor);
  });
  onTestFinished(() => spy.mockRestore());
  return begun;
}

test('all who ask while one is under way wait for the one after it, together', async () => {
  const { folder } = makeSandbox();
  const begun = heldBack();
  const first = syncFolder(folder);
  await setImmediate();
  let done = 0;
  const later = Array.from({ length: 5 }, () => syncFolder(folder).then(() => (done += 1)));
  begun[0]?.();
  await first;
  await setImmediate();
  expect({ begun: begun.length, done }).toEqual({ begun: 2, done: 0 });
  begun[1]?.();
  await Promise.all(later);
  expect(begun).toHaveLength(2);
});

test('one that fails fails for those who shared it, and the next is tried anew', async () => {
  const sandbox = makeSandbox();
  const folder = sandbox.path('later');
  const both = [syncFolder(folder), syncFolder(folder)];
  for (const one of both) await expect(one).rejects.toMatchObject({ code: 'ENOENT' });
  sandbox.write('later/file', '');
  await expect(syncFolder(folder)).resolves.toBeUndefined();
});
