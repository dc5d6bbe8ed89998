import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, linkSync, lstatSync, openSync, readFileSync, symlinkSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nodeFiles } from '../../src/system/files.js';
import { setMode } from '../../src/system/mode.js';
import { bundle, NOBODY, startNode } from '../installation/support/child.js';
import { requireRoot } from '../support/require.js';
import { makeSandbox } from '../support/sandbox.js';

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

describe('reading', () => {
  it.each([
    ['exactly at the limit', 'x'.repeat(5000), 5000],
    ['empty', '', 0],
    ['larger than the first buffer', 'x'.repeat(70_000), 100_000],
  ])('gives all of a file: %s', (_, content, limit) => {
    const path = makeSandbox().write('file', content);
    expect(nodeFiles.read(path, limit)).toEqual(bytes(content));
  });

  it('gives a file of /proc, whose size is said to be 0', () => {
    expect(Buffer.from(nodeFiles.read('/proc/self/status', 100_000)).toString()).toContain('Name:');
  });

  it.each([
    ['larger than the limit', 'large', 'EFBIG'],
    ['endless, with a size of 0', '/dev/zero', 'EINVAL'],
    ['a fifo', 'fifo', 'EINVAL'],
    ['a folder', '.', 'EISDIR'],
    ['missing', 'missing', 'ENOENT'],
    ['below a file', 'large/x', 'ENOTDIR'],
  ])('refuses what is %s', (_, name, code) => {
    const sandbox = makeSandbox();
    sandbox.write('large', 'x'.repeat(101));
    execFileSync('mkfifo', [sandbox.path('fifo')]);
    const path = name.startsWith('/') ? name : sandbox.path(name);
    expect(() => nodeFiles.read(path, 100)).toThrow(
      expect.objectContaining({ code, syscall: expect.anything() }),
    );
  });

  it('stops at the limit in a file of size 0 that has more', () => {
    expect(() => nodeFiles.read('/proc/self/status', 20)).toThrow(expect.objectContaining({ code: 'EFBIG' }));
  });

  it('gives the beginning of a file, however large it is', () => {
    const sandbox = makeSandbox();
    sandbox.write('file', 'content');
    expect(nodeFiles.readBeginning(sandbox.path('file'), 3)).toEqual(bytes('con'));
    expect(nodeFiles.readBeginning(sandbox.path('file'), 100)).toEqual(bytes('content'));
    expect(() => nodeFiles.readBeginning('/dev/zero', 3)).toThrow(
      expect.objectContaining({ code: 'EINVAL' }),
    );
  });

  it('follows a link, but not where a snapshot is asked for', () => {
    const sandbox = makeSandbox();
    symlinkSync(sandbox.write('file', 'content'), sandbox.path('link'));
    expect(nodeFiles.read(sandbox.path('link'), 100)).toEqual(bytes('content'));
    expect(() => nodeFiles.snapshot(sandbox.path('link'), 100)).toThrow(
      expect.objectContaining({ code: 'ELOOP' }),
    );
    expect(nodeFiles.snapshot(sandbox.path('file'), 100).facts).toEqual(
      nodeFiles.facts(sandbox.path('file')),
    );
  });
});

describe('looking', () => {
  it('tells what is there without following a link', () => {
    const sandbox = makeSandbox();
    sandbox.write('b', 'content', 0o640);
    sandbox.write('c/x', '');
    symlinkSync('nowhere', sandbox.path('a'));
    execFileSync('mkfifo', [sandbox.path('d')]);
    const kinds = ['link', 'file', 'folder', 'other'];
    expect(nodeFiles.list(sandbox.folder)).toEqual(['a', 'b', 'c', 'd']);
    expect(nodeFiles.entries(sandbox.folder)).toEqual(
      kinds.map((kind, index) => ({ name: 'abcd'[index], kind })),
    );
    expect(['a', 'b', 'c', 'd'].map((name) => nodeFiles.facts(sandbox.path(name))?.kind)).toEqual(kinds);
    expect(nodeFiles.facts(sandbox.path('b'))).toMatchObject({ mode: 0o640, size: 7 });
    expect(nodeFiles.readLink(sandbox.path('a'))).toBe('nowhere');
  });

  it.each(['missing', 'file/below'])('finds nothing at %s', (name) => {
    const sandbox = makeSandbox();
    sandbox.write('file', '');
    expect(nodeFiles.facts(sandbox.path(name))).toBeUndefined();
  });
});

describe('making', () => {
  it.each([0o600, 0o640, 0o644, 0o444, 0o666])('gives mode %o whatever the umask', async (mode) => {
    const sandbox = makeSandbox();
    const before = process.umask(0o077);
    try {
      await nodeFiles.create({ path: sandbox.path('new'), bytes: bytes('content'), mode });
    } finally {
      process.umask(before);
    }
    expect(lstatSync(sandbox.path('new')).mode & 0o7777).toBe(mode);
    expect(sandbox.text('new')).toBe('content');
  });

  it('gives owner and group', async (context) => {
    requireRoot(context);
    const path = makeSandbox().path('new');
    await nodeFiles.create({ path, bytes: bytes('x'), mode: 0o640, owner: 1234, group: 5678 });
    expect(lstatSync(path)).toMatchObject({ uid: 1234, gid: 5678 });
  });

  it.each(['file', 'link', 'dangling'])('touches nothing that is there: %s', async (name) => {
    const sandbox = makeSandbox();
    sandbox.write('file', 'old');
    symlinkSync('file', sandbox.path('link'));
    symlinkSync('elsewhere', sandbox.path('dangling'));
    const before = sandbox.snapshot();
    const creation = nodeFiles.create({ path: sandbox.path(name), bytes: bytes('new'), mode: 0o644 });
    await expect(creation).rejects.toMatchObject({ code: 'EEXIST' });
    expect(sandbox.snapshot()).toEqual(before);
  });

  it('makes folders, and minds none that is there', async () => {
    const sandbox = makeSandbox();
    await nodeFiles.makeFolder(sandbox.path('a/b/c'), 0o755);
    await nodeFiles.makeFolder(sandbox.path('a/b/c'), 0o755);
    await nodeFiles.syncFolder(sandbox.path('a/b/c'));
    expect(lstatSync(sandbox.path('a/b/c')).isDirectory()).toBe(true);
  });

  it('does not link over a file', async () => {
    const sandbox = makeSandbox();
    const paths = [sandbox.write('a', 'a'), sandbox.write('b', 'b')] as const;
    await expect(nodeFiles.link(...paths)).rejects.toMatchObject({ code: 'EEXIST' });
    linkSync(paths[0], sandbox.path('c'));
    await nodeFiles.remove(paths[0]);
    expect(readFileSync(sandbox.path('c'), 'utf8')).toBe('a');
  });
});

describe('a file system that gives all files one mode, and refuses another one', () => {
  it.each([
    // the mode that a file has, the mode wanted, and the error
    [0o777, 0o644, 'EPERM', true],
    [0o755, 0o644, 'ENOSYS', true],
    [0o600, 0o600, 'ENOTSUP', true],
    [0o640, 0o644, 'EPERM', false],
    [0o777, 0o600, 'EPERM', false],
    [0o777, 0o644, 'EIO', false],
  ])('%o for %o, %s: accepted %s', (had, wanted, code, isAccepted) => {
    const path = makeSandbox().write('new', '', had);
    const descriptor = openSync(path, 'r');
    onTestFinished(() => closeSync(descriptor));
    const refuse = () => {
      throw Object.assign(new Error(code), { code });
    };
    const set = () => setMode(descriptor, wanted, refuse);
    if (isAccepted) expect(set).not.toThrow();
    else expect(set).toThrow(code);
  });
});

describe('owner and group without the right to give files away', () => {
  it.for<[number, number, number, string]>([
    // owner, group and mode wanted; what is had, or the error
    [65_534, 65_534, 0o600, '65534:65534'],
    [1234, 65_534, 0o644, '65534:65534'],
    [1234, 5678, 0o644, '65534:65534'],
    [1234, 65_534, 0o640, '65534:65534'],
    [0, 65_534, 0o600, '65534:65534'],
    [0, 5678, 0o600, '65534:65534'],
    [0, 5678, 0o640, 'EPERM'],
    [1234, 65_534, 0o600, 'EPERM'],
    [1234, 5678, 0o640, 'EPERM'],
    [65_534, 5678, 0o640, 'EPERM'],
  ])('%i:%i with mode %o: %s', async ([owner, group, mode, expected], context) => {
    requireRoot(context);
    const sandbox = makeSandbox();
    chmodSync(sandbox.folder, 0o777);
    const script = await bundle('create', sandbox.folder);
    const job = { path: sandbox.path('new'), mode, owner, group };
    expect((await startNode(script, job, NOBODY).end()).lines).toEqual([expected]);
    expect(sandbox.exists('new')).toBe(expected !== 'EPERM');
  });
});
