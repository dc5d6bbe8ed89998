import { chownSync, mkdirSync, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { disk } from '../../src/system/disk.js';
import { nodeFiles } from '../../src/system/files.js';
import { requireRoot } from '../support/require.js';
import { makeSandbox } from '../support/sandbox.js';

test('a folder that another call has made is there when its name is on the disk', async () => {
  const sandbox = makeSandbox();
  let sync = (): void => undefined;
  const held = new Promise<void>((resolve) => (sync = resolve));
  const spy = vi.spyOn(disk, 'fsync').mockImplementation(() => held);
  onTestFinished(() => spy.mockRestore());
  const done: string[] = [];
  const makings = ['a', 'a', 'a/b'].map((name) =>
    nodeFiles.makeFolder(sandbox.path(name), 0o755).then(() => done.push(name)),
  );
  await setImmediate();
  expect({ isThere: sandbox.exists('a'), done }).toEqual({ isThere: true, done: [] });
  sync();
  await Promise.all(makings);
  expect(done).toEqual(['a', 'a', 'a/b']);
});

test('one that cannot be made holds up no other', async () => {
  const sandbox = makeSandbox();
  sandbox.write('file', '');
  const failed = nodeFiles.makeFolder(sandbox.path('file/a'), 0o755);
  const made = nodeFiles.makeFolder(sandbox.path('b'), 0o755);
  await expect(failed).rejects.toMatchObject({ code: 'ENOTDIR' });
  await expect(made).resolves.toBeUndefined();
  expect(sandbox.exists('b')).toBe(true);
});

test.each([
  ['/proc/ocspbot/a', 'ENOENT'],
  ['/sys/ocspbot/a', /^E(?:PERM|ACCES|ROFS)$/],
])('%s fails with the reason of the system, and ends', async (path, code) => {
  await expect(nodeFiles.makeFolder(path, 0o755)).rejects.toMatchObject({
    code: expect.stringMatching(code),
  });
});

test('those that root makes belong to the owner of the folder around them', async (context) => {
  requireRoot(context);
  const sandbox = makeSandbox();
  mkdirSync(sandbox.path('theirs'));
  chownSync(sandbox.path('theirs'), 1234, 5678);
  await nodeFiles.makeFolder(sandbox.path('theirs/a/b'), 0o755);
  await nodeFiles.makeFolder(sandbox.path('ours/a'), 0o755);
  const ownersOf = (name: string) => {
    const { uid, gid } = statSync(sandbox.path(name));
    return [uid, gid];
  };
  expect(['theirs/a', 'theirs/a/b', 'ours/a'].map(ownersOf)).toEqual([
    [1234, 5678],
    [1234, 5678],
    [0, 0],
  ]);
});
