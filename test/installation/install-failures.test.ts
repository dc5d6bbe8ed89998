import { chmodSync, chownSync, lstatSync, mkdirSync } from 'node:fs';
import { describe, expect, it, type TestContext } from 'vitest';
import { requireProgram, requireRoot } from '../support/require.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { bundle, NOBODY, start } from './support/child.js';
import { mountTmpfs, remountReadOnly } from './support/tmpfs.js';

/** Backups next to the staple. */
const beside = (sandbox: Sandbox) => ({ kind: 'on', keep: 3, folder: sandbox.path('disk') });

/** Runs an installation to `disk/a.ocsp` as a process of its own; returns what it says came of it. */
async function install(sandbox: Sandbox, job: object, prefix: string[] = [], user = {}): Promise<unknown> {
  // strace counts the calls of each thread.
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
  const script = await bundle('install', sandbox.path('.'));
  const command = [...prefix, process.execPath, script];
  const argument = JSON.stringify({ path: sandbox.path('disk/a.ocsp'), content: 'x'.repeat(2000), ...job });
  const { lines, errors } = await start([...command, argument], { ...user, env }).end();
  return lines.length === 1 ? JSON.parse(lines[0] ?? '') : { lines, errors };
}

/** The old file, and nothing else that was not there. */
function expectUntouched(sandbox: Sandbox, before: unknown): void {
  expect(sandbox.snapshot('disk')).toEqual(before);
}

function failed(code: string, message = ''): unknown {
  const hint = expect.stringMatching(/^[a-z].*the old staple stands$/);
  return { kind: 'failed', code, message: expect.stringContaining(message), hint };
}

async function onTmpfs(context: TestContext, options: string): Promise<Sandbox> {
  requireRoot(context);
  const sandbox = makeSandbox();
  mountTmpfs(sandbox.path('disk'), options, context);
  sandbox.write('disk/a.ocsp', 'old', 0o640);
  return sandbox;
}

describe('a file system', () => {
  it('that is full', async (context) => {
    const sandbox = await onTmpfs(context, 'size=12k');
    sandbox.write('disk/filler', 'x'.repeat(8192));
    const before = sandbox.snapshot('disk');
    expect(await install(sandbox, {})).toEqual(
      failed('no-space', `cannot write a new file in ${sandbox.path('disk')}`),
    );
    expectUntouched(sandbox, before);
  });

  it('that has room for the new file, but not for its backup', async (context) => {
    const sandbox = await onTmpfs(context, 'size=12k');
    sandbox.write('disk/filler', 'x'.repeat(4096));
    const before = sandbox.snapshot('disk');
    expect(await install(sandbox, { backups: beside(sandbox) })).toEqual(
      failed('no-space', 'cannot back up'),
    );
    expectUntouched(sandbox, before);
    expect(await install(sandbox, {})).toMatchObject({ kind: 'installed' });
  });

  it('without inodes', async (context) => {
    const sandbox = await onTmpfs(context, 'nr_inodes=2');
    const before = sandbox.snapshot('disk');
    expect(await install(sandbox, {})).toEqual(failed('no-space'));
    expectUntouched(sandbox, before);
  });

  it('that is full where the backups go', async (context) => {
    const sandbox = await onTmpfs(context, 'size=12k');
    mountTmpfs(sandbox.path('backups'), 'size=4k', context);
    sandbox.write('backups/filler', 'x'.repeat(4096));
    const before = sandbox.snapshot('disk');
    const backups = { ...beside(sandbox), folder: sandbox.path('backups') };
    expect(await install(sandbox, { backups })).toEqual(failed('no-space', sandbox.path('backups')));
    expectUntouched(sandbox, before);
    expect(sandbox.list('backups')).toEqual(['filler']);
  });

  it('that has no room for the pending reloads', async (context) => {
    const sandbox = await onTmpfs(context, 'size=12k');
    mountTmpfs(sandbox.path('state'), 'size=4k', context);
    sandbox.write('state/filler', 'x'.repeat(4096));
    const before = sandbox.snapshot('disk');
    expect(await install(sandbox, { stateFolder: sandbox.path('state') })).toMatchObject({
      code: 'no-space',
      message: expect.stringContaining('reload-debt.json'),
    });
    expectUntouched(sandbox, before);
    expect(sandbox.list('state')).toEqual(['filler']);
  });

  it('that is read-only', async (context) => {
    const sandbox = await onTmpfs(context, 'size=100k');
    const before = sandbox.snapshot('disk');
    remountReadOnly(sandbox.path('disk'));
    expect(await install(sandbox, {})).toEqual(failed('read-only'));
    expectUntouched(sandbox, before);
  });
});

function unprivileged(context: TestContext, folderMode: number): Sandbox {
  requireRoot(context);
  const sandbox = makeSandbox();
  chmodSync(sandbox.folder, 0o755);
  mkdirSync(sandbox.path('disk'));
  chmodSync(sandbox.path('disk'), folderMode);
  return sandbox;
}

describe('without the rights of root', () => {
  it('a folder that is not ours is not written to', async (context) => {
    const sandbox = unprivileged(context, 0o755);
    sandbox.write('disk/a.ocsp', 'old');
    const before = sandbox.snapshot('disk');
    expect(await install(sandbox, {}, [], NOBODY)).toEqual(failed('not-permitted'));
    expectUntouched(sandbox, before);
  });

  it('a staple that its server could no longer read is not installed', async (context) => {
    const sandbox = unprivileged(context, 0o777);
    chownSync(sandbox.write('disk/a.ocsp', 'old', 0o640), 1234, 5678);
    const before = sandbox.snapshot('disk');
    expect(await install(sandbox, {}, [], NOBODY)).toEqual(failed('not-permitted'));
    expectUntouched(sandbox, before);
  });

  it('a staple that everybody reads becomes ours', async (context) => {
    const sandbox = unprivileged(context, 0o777);
    chownSync(sandbox.write('disk/a.ocsp', 'old', 0o644), 1234, 5678);
    expect(await install(sandbox, { backups: beside(sandbox) }, [], NOBODY)).toMatchObject({
      kind: 'installed',
      warnings: [],
    });
    expect(lstatSync(sandbox.path('disk/a.ocsp'))).toMatchObject({ uid: NOBODY.uid, mode: 0o100_644 });
  });

  it('a staple that we may not read is not replaced where a backup is wanted', async (context) => {
    const sandbox = unprivileged(context, 0o777);
    chownSync(sandbox.write('disk/a.ocsp', 'old', 0o600), 0, 0);
    const before = sandbox.snapshot('disk');
    expect(await install(sandbox, { backups: beside(sandbox) }, [], NOBODY)).toEqual(
      failed('not-permitted', 'read the old staple'),
    );
    expectUntouched(sandbox, before);
  });
});

describe('a system call that fails', () => {
  it.for([
    ['fsync:error=EIO:when=1', 'write-failed', 'cannot write'],
    ['fsync:error=ENOSPC:when=1', 'no-space', 'cannot write'],
    ['fsync:error=EIO:when=2', 'write-failed', 'cannot back up'],
    ['fsync:error=EIO:when=3', 'write-failed', 'cannot back up'],
    ['fsync:error=EIO:when=4', 'write-failed', 'which services to reload'],
    ['fsync:error=EIO:when=5', 'write-failed', 'which services to reload'],
    ['pwrite64:error=EIO:when=1', 'write-failed', 'cannot write'],
    ['pwrite64:error=ENOSPC:when=1', 'no-space', 'cannot write'],
    ['pwrite64:error=EDQUOT:when=1', 'no-space', 'disk quota exceeded (EDQUOT)'],
    ['pwrite64:retval=0:when=1', 'write-failed', 'nothing was written'],
    ['pwrite64:error=EDQUOT:when=2', 'no-space', 'cannot back up'],
    ['fchmod:error=EIO:when=1', 'write-failed', 'cannot write'],
    ['link:error=EIO:when=1', 'write-failed', 'cannot back up'],
    ['rename:error=EIO:when=1', 'write-failed', 'which services to reload'],
    ['rename:error=EROFS:when=2', 'read-only', 'cannot rename'],
    ['rename:error=EACCES:when=2', 'not-permitted', 'cannot rename'],
    ['rename:error=EDQUOT:when=2', 'no-space', 'cannot rename'],
  ] as const)('%s: %s', async ([fault, code, message], context) => {
    requireProgram('strace', 'strace', context);
    const sandbox = makeSandbox();
    sandbox.write('disk/a.ocsp', 'old');
    mkdirSync(sandbox.path('state'));
    const prefix = ['strace', '-f', '-o', sandbox.path('trace'), '-e', `trace=${fault.split(':')[0]}`];
    const job = { backups: beside(sandbox), stateFolder: sandbox.path('state') };
    const result = await install(sandbox, job, [...prefix, '-e', `inject=${fault}`]);
    expect(result).toMatchObject({ kind: 'failed', code, message: expect.stringContaining(message) });
    expect(sandbox.text('disk/a.ocsp')).toBe('old');
    expect(
      [...sandbox.list('disk'), ...sandbox.list('state')].filter((name) => name.endsWith('.tmp')),
    ).toEqual([]);
  });

  it('after the rename is a warning', async (context) => {
    requireProgram('strace', 'strace', context);
    const sandbox = makeSandbox();
    sandbox.write('disk/a.ocsp', 'old');
    const prefix = ['strace', '-f', '-o', sandbox.path('trace'), '-e', 'inject=fsync:error=EIO:when=2'];
    const result = await install(sandbox, {}, prefix);
    expect(result).toMatchObject({ kind: 'installed', warnings: [expect.stringContaining('power cut')] });
  });
});
