import { execFileSync } from 'node:child_process';
import { chownSync, lchownSync, mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { folderTrouble, resolveTarget } from '../../src/installation/target.js';
import { nodeFiles } from '../../src/system/files.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { requireRoot } from '../support/require.js';

function fixture(): Sandbox {
  const sandbox = makeSandbox();
  sandbox.write('real/old.ocsp', 'old', 0o640);
  const links = {
    'file-link': 'real/old.ocsp',
    'file-link-link': './file-link',
    'absolute-link': sandbox.path('real/old.ocsp'),
    'folder-link': 'real',
    dangling: 'real/new.ocsp',
    'dangling-link': 'folder-link/../real/./new.ocsp',
    'dangling-far': 'nowhere/new.ocsp',
    'to-folder': 'real',
    loop: 'pool',
    pool: 'loop',
    self: 'self/x',
  };
  for (const [name, to] of Object.entries(links)) symlinkSync(to, sandbox.path(name));
  for (let depth = 0; depth < 45; depth++) symlinkSync(`deep-${depth + 1}`, sandbox.path(`deep-${depth}`));
  execFileSync('mkfifo', [sandbox.path('fifo')]);
  return sandbox;
}

describe('a target', () => {
  it.each([
    ['real/old.ocsp', 'real/old.ocsp', 'there'],
    ['real/new.ocsp', 'real/new.ocsp', 'new'],
    ['file-link', 'real/old.ocsp', 'there'],
    ['file-link-link', 'real/old.ocsp', 'there'],
    ['absolute-link', 'real/old.ocsp', 'there'],
    ['file-link/', 'real/old.ocsp', 'there'],
    ['folder-link/old.ocsp', 'real/old.ocsp', 'there'],
    ['folder-link/../file-link', 'real/old.ocsp', 'there'],
    ['folder-link//new.ocsp', 'real/new.ocsp', 'new'],
    ['dangling', 'real/new.ocsp', 'new'],
    ['dangling-link', 'real/new.ocsp', 'new'],
    ['deep-20', 'deep-45', 'new'],
  ])('%s is %s', (path, real, there) => {
    const sandbox = fixture();
    const target = resolveTarget(sandbox.path(path), nodeFiles);
    expect(target.path).toBe(sandbox.path(real));
    expect(`${target.folder}/${target.name}`).toBe(target.path);
    expect(target.existing?.mode).toBe(there === 'there' ? 0o640 : undefined);
  });

  it.each([
    ['real', 'is a folder'],
    ['to-folder', 'is a folder'],
    ['.', 'is a folder'],
    ['fifo', 'is neither a file nor a folder'],
    ['/dev/null', 'is neither a file nor a folder'],
    ['loop', 'in a circle'],
    ['self', 'in a circle'],
    ['deep-0', 'in a circle'],
    ['missing/new.ocsp', 'there is no folder'],
    ['dangling-far', 'there is no folder'],
    ['dangling/new.ocsp', 'there is no folder'],
    ['real/old.ocsp/new.ocsp', 'is not a folder'],
  ])('%s is refused: %s', (path, reason) => {
    const sandbox = fixture();
    const before = sandbox.snapshot();
    const resolve = (): unknown => resolveTarget(path.startsWith('/') ? path : sandbox.path(path), nodeFiles);
    const expected = {
      code: 'target-unsuitable',
      message: expect.stringContaining(reason),
      hint: expect.anything(),
    };
    expect(resolve).toThrow(expect.objectContaining(expected));
    expect(sandbox.snapshot()).toEqual(before);
  });

  it('may be the root folder, which is refused too', () => {
    expect(() => resolveTarget('/', nodeFiles)).toThrow(
      expect.objectContaining({ code: 'target-unsuitable' }),
    );
  });
});

describe('a link that another user made', () => {
  const [MALLORY, ALICE] = [1234, 5678];

  it.for([
    // owner of the link, of the folder it leads to; what comes of it
    [MALLORY, MALLORY, 'followed'],
    [0, ALICE, 'followed'],
    [MALLORY, 0, 'refused'],
    [MALLORY, ALICE, 'refused'],
  ] as const)('made by %i, into a folder of %i: %s', ([linkOwner, folderOwner, expected], context) => {
    requireRoot(context);
    const sandbox = makeSandbox();
    mkdirSync(sandbox.path('folder'));
    sandbox.write('folder/a.ocsp', 'old');
    for (const [name, to] of [
      ['file', 'folder/a.ocsp'],
      ['middle', 'folder'],
      ['new', 'folder/b.ocsp'],
    ] as const) {
      symlinkSync(to, sandbox.path(name));
      lchownSync(sandbox.path(name), linkOwner, linkOwner);
    }
    chownSync(sandbox.path('folder'), folderOwner, folderOwner);
    for (const path of ['file', 'middle/a.ocsp', 'new']) {
      const resolve = (): unknown => resolveTarget(sandbox.path(path), nodeFiles);
      if (expected === 'followed') expect(resolve()).toBeDefined();
      else expect(resolve).toThrow(expect.objectContaining({ code: 'target-unsuitable' }));
    }
  });
});

describe('a folder that a run is to make', () => {
  it.each(['real', 'real/new/folder', 'folder-link/new', 'nowhere'])('%s: can be made', (name) => {
    const sandbox = fixture();
    expect(folderTrouble(sandbox.path(name), nodeFiles)).toBeUndefined();
  });

  it.each(['dangling', 'dangling/below', 'dangling/below/it'])('%s: is behind a link to nothing', (name) => {
    const sandbox = fixture();
    expect(folderTrouble(sandbox.path(name), nodeFiles)).toMatchObject({
      code: 'target-unsuitable',
      message: `the link ${sandbox.path('dangling')} leads to a folder that does not exist`,
      hint: 'renew the link, or mount the disk that it leads to',
    });
  });

  it.each(['plain', 'plain/below', 'plain-link'])('%s: is a file, or below one', (name) => {
    const sandbox = fixture();
    sandbox.write('plain', '');
    symlinkSync('plain', sandbox.path('plain-link'));
    const folder = sandbox.path(name);
    expect(folderTrouble(folder, nodeFiles)).toMatchObject({
      code: 'target-unsuitable',
      message: `cannot write to ${folder}: a file stands where a folder has to be`,
      hint: 'name another place, or move that file away',
    });
  });
});
