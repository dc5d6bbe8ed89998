import { chmodSync, lchownSync, mkdirSync, symlinkSync, utimesSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/util/limits.js';
import { acquireLock, type LockAttempt } from '../../src/state/lock.js';
import { encodeClaim } from '../../src/state/lock-files.js';
import { temporaryPath } from '../../src/storage/names.js';
import type { Tools } from '../../src/storage/tools.js';
import { require, requireProgram, requireRoot } from '../support/require.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { bundle, NOBODY, start, startNode } from '../installation/support/child.js';
import { mountTmpfs, remountReadOnly } from '../installation/support/tmpfs.js';
import { NOW, realTools } from '../installation/support/tools.js';

const tools = realTools();
const { self } = tools.processes;

async function acquire(
  folder: string,
  changes: Partial<Tools> = {},
): Promise<Extract<LockAttempt, { kind: 'held' }>> {
  const lock = await acquireLock(folder, { ...tools, ...changes });
  if (lock.kind !== 'held') throw new Error(`busy: ${JSON.stringify(lock)}`);
  return lock;
}

describe('the lock', () => {
  it.each<[string, 'alive' | 'unknown' | 'dead', number, string]>([
    ['hidden from us, for long', 'unknown', NOW - LIMITS.lockAge - 1, 'held'],
    ['hidden from us, not for long', 'unknown', NOW - LIMITS.lockAge + 1, 'busy'],
    ['known to be alive, for long', 'alive', NOW - LIMITS.lockAge - 1, 'busy'],
    ['known to be dead, just now', 'dead', NOW, 'held'],
  ])('with a holder that is %s', async (_, life, since, kind) => {
    const sandbox = makeSandbox();
    const claim = { state: 'held', holder: self, since, token: 'x' } as const;
    sandbox.write('lock-1', encodeClaim(claim));
    const processes = { ...tools.processes, lifeOf: () => life };
    expect((await acquireLock(sandbox.folder, { ...tools, processes })).kind).toBe(kind);
  });

  it.each(['1e999', '-1e999', '1e308', '0.5', '-1', '8640000000000001', '9007199254740991'])(
    'is held by one who lives, although the claim is of %s: others get a time that can be shown',
    async (since) => {
      const sandbox = makeSandbox();
      const claim = encodeClaim({ state: 'held', holder: self, since: 4711, token: 'x' });
      sandbox.write('lock-1', claim.replace('4711', since));
      const lock = await acquireLock(sandbox.folder, tools);
      expect(lock).toEqual({ kind: 'busy', holder: self, since: 0 });
    },
  );

  it('is held by one, who is named to others, until it is released', async () => {
    const { folder } = makeSandbox();
    const lock = await acquire(folder);
    expect(await acquireLock(folder, tools)).toEqual({ kind: 'busy', holder: self, since: NOW });
    expect(await lock.release()).toBeUndefined();
    await (await acquire(folder)).release();
  });

  it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])(
    'says what is missing on a file system without hard links (%s), and leaves nothing there',
    async (code) => {
      const sandbox = makeSandbox();
      const link = () => Promise.reject(Object.assign(new Error(`${code}: no`), { code, syscall: 'link' }));
      const files = { ...tools.files, link };
      await expect(acquireLock(sandbox.folder, { ...tools, files })).rejects.toMatchObject({
        code: 'target-unsuitable',
        message: `cannot lock the state folder ${sandbox.folder}: its file system has no hard links`,
        hint: expect.stringContaining('state_folder'),
      });
      expect(sandbox.list()).toEqual([]);
    },
  );

  it('makes the state folder, and leaves one file in it', async () => {
    const sandbox = makeSandbox();
    for (let run = 0; run < 5; run++) await (await acquire(sandbox.path('a/state'))).release();
    expect(sandbox.list('a/state')).toEqual(['lock-5']);
  });

  it('ends with its killed holder', async () => {
    const sandbox = makeSandbox();
    const holder = startNode(await bundle('hold', sandbox.folder), { folder: sandbox.path('state') });
    expect(await holder.line()).toBe('held');
    const attempt = await acquireLock(sandbox.path('state'), tools);
    expect(attempt).toMatchObject({ kind: 'busy', holder: { pid: holder.pid, host: self.host } });
    await holder.kill();
    await acquire(sandbox.path('state'));
  });

  it('is held by one at a time among twenty who want it again and again', async () => {
    const sandbox = makeSandbox();
    const script = await bundle('contend', sandbox.folder);
    const job = { folder: sandbox.path('state'), witness: sandbox.path('witness'), times: 5 };
    const contenders = Array.from({ length: 20 }, () => startNode(script, job));
    const ends = await Promise.all(contenders.map((contender) => contender.end()));
    expect(ends).toEqual(ends.map(() => ({ status: 0, lines: Array(5).fill('held'), errors: '' })));
    expect(sandbox.list('state')).toEqual(['lock-100']);
  });
});

/** A claim of generation 7. */
function claim(sandbox: Sandbox, changes: Partial<Parameters<typeof encodeClaim>[0]> = {}): void {
  sandbox.write('lock-7', encodeClaim({ state: 'held', holder: self, since: NOW, token: 'x', ...changes }));
}

describe('who takes the lock', () => {
  it.each([
    ['first', undefined, 'none'],
    ['from one who has released it', { state: 'released' }, 'released'],
    ['from one who died', { holder: { ...self, started: `${self.started}1` } }, 'died'],
    ['from one whose claim is damaged', { since: 'long ago' }, 'died'],
  ])('%s is told so', async (_, changes, predecessor) => {
    const sandbox = makeSandbox();
    if (changes !== undefined) claim(sandbox, changes as Parameters<typeof claim>[1]);
    expect(await acquireLock(sandbox.folder, tools)).toMatchObject({ kind: 'held', predecessor });
  });
});

describe('a claim that was left', () => {
  const DEAD = { ...self, started: `${self.started}1` };
  const STRANGER = { ...self, host: 'elsewhere' };
  const JUST = NOW - LIMITS.lockAge + 1;
  const LONG_AGO = NOW - LIMITS.lockAge - 1;

  it.each([
    ['by a live process, however old', { since: 0 }, 'busy'],
    ['by a dead process', { holder: DEAD }, 'held'],
    ['by a live process that released it', { state: 'released' }, 'held'],
    ['by another host just now', { holder: STRANGER, since: JUST }, 'busy'],
    ['by another host long ago', { holder: STRANGER, since: LONG_AGO }, 'held'],
    ['by another host, in a future that its clock had', { holder: STRANGER, since: NOW * 2 }, 'held'],
  ] as const)('%s: %s', async (_, changes, expected) => {
    const sandbox = makeSandbox();
    claim(sandbox, changes);
    expect((await acquireLock(sandbox.folder, tools)).kind).toBe(expected);
    expect(sandbox.list()).toEqual([expected === 'held' ? 'lock-8' : 'lock-7']);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"state":"held"}',
    '{"state":"held","since":1,"token":"x","holder":null}',
  ])('damaged (%j) hinders nobody', async (content) => {
    const sandbox = makeSandbox();
    sandbox.write('lock-7', content);
    await acquire(sandbox.folder);
    expect(sandbox.list()).toEqual(['lock-8']);
  });

  it.each(['folder', 'link'])('as a %s in its place hinders nobody', async (kind) => {
    const sandbox = makeSandbox();
    sandbox.write('precious', 'x');
    if (kind === 'folder') mkdirSync(sandbox.path('lock-7'));
    else symlinkSync('precious', sandbox.path('lock-7'));
    await acquire(sandbox.folder);
    expect(sandbox.text('precious')).toBe('x');
  });

  it('counts by its number, not by its name', async () => {
    const sandbox = makeSandbox();
    claim(sandbox, { state: 'released' });
    for (const name of ['lock-08', 'lock-9999999999999999', 'lock-', 'lock-9x', 'lock--9'])
      sandbox.write(name, 'x');
    sandbox.write('lock-10', encodeClaim({ state: 'held', holder: self, since: NOW, token: 'x' }));
    expect((await acquireLock(sandbox.folder, tools)).kind).toBe('busy');
  });

  it('with the last number there is cannot be followed', async () => {
    const sandbox = makeSandbox();
    sandbox.write('lock-999999999999999', 'x');
    await expect(acquireLock(sandbox.folder, tools)).rejects.toMatchObject({
      code: 'locked',
      hint: expect.anything(),
    });
  });
});

/** Lists once as things were before the others came, and then as they are. */
function staleFiles(stale: string[]): Tools['files'] {
  let views = [stale];
  return {
    ...tools.files,
    list: (folder) => {
      const [view, ...rest] = views;
      views = rest;
      return view ?? tools.files.list(folder);
    },
  };
}

describe('a slow contender', () => {
  it('who links a number that was used long ago loses to the higher one', async () => {
    const sandbox = makeSandbox();
    claim(sandbox);
    const attempt = await acquireLock(sandbox.folder, { ...tools, files: staleFiles([]) });
    expect(attempt.kind).toBe('busy');
    expect(sandbox.list()).toEqual(['lock-1', 'lock-7']);
  });

  it('whose claim was removed while it listed does not hold the lock, though it saw nothing higher', async () => {
    const sandbox = makeSandbox();
    let lists = 0;
    const files: Tools['files'] = {
      ...tools.files,
      list: (folder) => {
        lists += 1;
        if (lists !== 2) return tools.files.list(folder);
        const seen = tools.files.list(folder);
        claim(sandbox);
        sandbox.remove('lock-1');
        return seen;
      },
    };
    expect((await acquireLock(sandbox.folder, { ...tools, files })).kind).toBe('busy');
  });
});

describe('left-overs in the state folder', () => {
  it('of a killed run are removed with the lock in hand', async () => {
    const sandbox = makeSandbox();
    const holder = start(['true']);
    await holder.end();
    const attempt = await acquire(sandbox.path('state'));
    await attempt.release();
    const dead = { ...tools, processes: { ...tools.processes, self: { ...self, pid: holder.pid } } };
    const path = temporaryPath('state', 'reload-debt.json', dead);
    utimesSync(sandbox.write(path, 'x'), NOW / 1000, NOW / 1000);
    await acquire(sandbox.path('state'));
    expect(sandbox.list('state')).toEqual(['lock-2']);
  });
});

describe('a state folder that cannot be used', () => {
  it.each(['file', 'file/below', 'loop', 'fifo-link'])('%s: target-unsuitable', async (name) => {
    const sandbox = makeSandbox();
    sandbox.write('file', '');
    symlinkSync('loop', sandbox.path('loop'));
    symlinkSync('/dev/null', sandbox.path('fifo-link'));
    const attempt = acquireLock(sandbox.path(name), tools);
    await expect(attempt).rejects.toMatchObject({ code: 'target-unsuitable', hint: expect.anything() });
  });

  it.each([
    ['dangling', /leads to \S+nowhere, which does not exist$/, 'renew the link, or mount the disk'],
    ['dangling/below', /leads to \S+nowhere, which does not exist$/, 'renew the link, or mount the disk'],
    ['loop', /links go in a circle$/, 'name a folder'],
    ['loop/below', /links go in a circle$/, 'name a folder'],
  ])('because of its links (%s): is told with where they lead', async (name, message, hint) => {
    const sandbox = makeSandbox();
    symlinkSync('nowhere', sandbox.path('dangling'));
    symlinkSync('loop', sandbox.path('loop'));
    await expect(acquireLock(sandbox.path(name), tools)).rejects.toMatchObject({
      code: 'target-unsuitable',
      message: expect.stringMatching(message) as string,
      hint: expect.stringContaining(hint) as string,
    });
  });

  it('behind a link that another user planted', async (context) => {
    requireRoot(context);
    const sandbox = makeSandbox();
    mkdirSync(sandbox.path('etc'));
    symlinkSync('etc', sandbox.path('state'));
    await acquire(sandbox.path('state'));
    lchownSync(sandbox.path('state'), 1234, 1234);
    await expect(acquireLock(sandbox.path('state'), tools)).rejects.toMatchObject({
      code: 'target-unsuitable',
    });
  });

  it('in which we may not write', async (context) => {
    requireRoot(context);
    const sandbox = makeSandbox();
    chmodSync(sandbox.folder, 0o755);
    const script = await bundle('hold', sandbox.folder);
    const { errors } = await startNode(script, { folder: sandbox.path('state') }, NOBODY).end();
    expect(errors).toContain("code: 'not-permitted'");
  });

  it('on a read-only or a full file system', async (context) => {
    requireRoot(context);
    const sandbox = makeSandbox();
    mountTmpfs(sandbox.path('small'), 'size=4k,nr_inodes=8', context);
    sandbox.write('small/filler', 'x'.repeat(4096));
    await expect(acquireLock(sandbox.path('small'), tools)).rejects.toMatchObject({ code: 'no-space' });
    expect(sandbox.list('small')).toEqual(['filler']);
    remountReadOnly(sandbox.path('small'));
    await expect(acquireLock(sandbox.path('small'), tools)).rejects.toMatchObject({ code: 'read-only' });
  });

  it('in another pid namespace is judged by its age alone', async (context) => {
    requireRoot(context);
    requireProgram('unshare', 'util-linux', context);
    const sandbox = makeSandbox();
    const script = await bundle('hold', sandbox.folder);
    const job = JSON.stringify({ folder: sandbox.path('state') });
    const isolated = [
      'unshare',
      '--pid',
      '--fork',
      '--mount-proc',
      '--kill-child',
      process.execPath,
      script,
      job,
    ];
    const holder = start(isolated);
    const line = await holder.line();
    require(line === 'held', `no pid namespace can be made here: ${line}`, context);
    await holder.kill();
    const now = Date.now();
    const attempt = await acquireLock(sandbox.path('state'), { ...tools, now });
    expect(attempt).toMatchObject({
      kind: 'busy',
      holder: { host: expect.stringContaining('pid namespace') },
    });
    expect(attempt).not.toMatchObject({ holder: { host: self.host } });
    const later = { ...tools, now: now + LIMITS.lockAge + 60_000 };
    expect((await acquireLock(sandbox.path('state'), later)).kind).toBe('held');
  });
});
