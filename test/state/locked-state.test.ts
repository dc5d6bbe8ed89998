import { describe, expect, test } from 'vitest';
import { findOwnState } from '../../src/state/own-state.js';
import { DRY_RUN_STATE, type LockedState, lockState, type StateOwner } from '../../src/state/locked-state.js';
import type { Tools } from '../../src/storage/tools.js';
import { OcspbotError } from '../../src/util/errors.js';
import { realTools } from '../installation/support/tools.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

const tools = { ...realTools(), sleep: () => Promise.resolve() };
const NONE = { services: [], warning: undefined };

/** A configuration with two services, and its state in the sandbox. */
function ownerIn(sandbox: Sandbox, file = 'ocspbot.yaml'): StateOwner {
  const stateFolder = sandbox.path('state');
  sandbox.write(file, '');
  const ownState = findOwnState(sandbox.path(file), stateFolder, tools.files);
  return { ownState, stateFolder, services: ['mail', 'web'], usedServices: ['mail', 'web'] };
}

const told: string[] = [];

function lock(owner: StateOwner, changes: Partial<Tools> = {}): Promise<LockedState> {
  return lockState(owner, { ...tools, ...changes }, (text) => void told.push(text));
}

/** Returns the reloads that the next run finds pending. */
async function pendingAfter(owner: StateOwner): Promise<LockedState['before']> {
  const state = await lock(owner);
  await state.release();
  return state.before;
}

describe('a reload that was recorded', () => {
  test.each<[string, (state: LockedState) => unknown, readonly string[]]>([
    ['is pending for the next run', () => undefined, ['mail', 'web']],
    ['is removed when the service was reloaded', (state) => state.remove(['web']), ['mail']],
    ['is removed by the release when the caller was told', (state) => state.acknowledge(['web']), ['mail']],
    ['may be removed for all services', (state) => state.acknowledge(['mail', 'web']), []],
  ])('%s', async (_, act, services) => {
    const owner = ownerIn(makeSandbox());
    const state = await lock(owner);
    expect(state.before).toEqual(NONE);
    await state.record(['web', 'mail']);
    await act(state);
    await state.release();
    expect((await pendingAfter(owner)).services.toSorted()).toEqual(services);
  });

  test('stays pending until it is removed, however many runs there are', async () => {
    const owner = ownerIn(makeSandbox());
    const state = await lock(owner);
    await state.record(['web']);
    await state.release();
    for (let run = 0; run < 3; run++) expect((await pendingAfter(owner)).services).toEqual(['web']);
  });

  test('is on the disk before record ends: a run that dies leaves it', async () => {
    const owner = ownerIn(makeSandbox());
    const { processes } = tools;
    const dead = { ...processes, self: { ...processes.self, started: 'of an earlier boot' } };
    await (await lock(owner, { processes: dead })).record(['web']);
    const next = await lock(owner);
    expect(next).toMatchObject({ predecessor: 'died', before: { services: ['web'] } });
    await next.release();
  });

  test('is not that of another configuration in the same state folder', async () => {
    const sandbox = makeSandbox();
    const state = await lock(ownerIn(sandbox));
    await state.record(['web']);
    await state.release();
    expect(await pendingAfter(ownerIn(sandbox, 'other.yaml'))).toEqual(NONE);
  });

  test('passes to another configuration when its own is gone', async () => {
    const sandbox = makeSandbox();
    const state = await lock(ownerIn(sandbox));
    await state.record(['web']);
    await state.release();
    sandbox.remove('ocspbot.yaml');
    expect((await pendingAfter(ownerIn(sandbox, 'renamed.yaml'))).services).toEqual(['web']);
  });

  test('passes to the configuration that knows the service', async () => {
    const sandbox = makeSandbox();
    const state = await lock(ownerIn(sandbox));
    await state.record(['web', 'db']);
    await state.release();
    sandbox.remove('ocspbot.yaml');
    expect((await pendingAfter(ownerIn(sandbox, 'web.yaml'))).services).toEqual(['web']);
    const services = ['db', 'mail'];
    const other = { ...ownerIn(sandbox, 'db.yaml'), services, usedServices: services };
    expect((await pendingAfter(other)).services).toEqual(['db']);
  });

  test.each([
    ['EIO', expect.stringMatching(/^cannot take over the reloads that may be pending in FOLDER: .*EIO/)],
    ['EACCES', expect.stringMatching(/ in FOLDER: .*EACCES.*; let this user read it$/)],
    ['ENOENT', undefined],
    ['ENOTDIR', undefined],
  ])('cannot be seen in the folders of others: %s', async (code, warning) => {
    const sandbox = makeSandbox();
    const state = await lock(ownerIn(sandbox));
    await state.record(['web']);
    await state.release();
    sandbox.remove('ocspbot.yaml');
    const owner = ownerIn(sandbox, 'renamed.yaml');
    const list = (folder: string) => {
      if (folder === owner.ownState.folder) return tools.files.list(folder);
      throw Object.assign(new Error(code), { code, syscall: 'scandir' });
    };
    const next = await lock(owner, { files: { ...tools.files, list } });
    await next.release();
    const seen = next.warnings.map((text) => text.replace(/ in [^ :]+/, ' in FOLDER'));
    // One is the state folder itself, where earlier versions kept the reloads; the other is that of the old name.
    expect(seen).toEqual(warning === undefined ? [] : [warning, warning]);
  });

  test('cannot be recorded on a full disk, and nothing is pending', async () => {
    const owner = ownerIn(makeSandbox());
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' });
    let isFull = false;
    const create: Tools['files']['create'] = (file) =>
      isFull ? Promise.reject(full) : tools.files.create(file);
    const state = await lock(owner, { files: { ...tools.files, create } });
    isFull = true;
    await expect(state.record(['web'])).rejects.toMatchObject({ code: 'no-space' });
    isFull = false;
    await state.release();
    expect(await pendingAfter(owner)).toEqual(NONE);
  });
});

describe('the state', () => {
  test('is locked for one run of a configuration at a time, and not for another configuration', async () => {
    const sandbox = makeSandbox();
    const [own, other] = [ownerIn(sandbox), ownerIn(sandbox, 'other.yaml')];
    const state = await lock(own);
    await expect(lock(own)).rejects.toMatchObject({ code: 'locked' });
    await (await lock(other)).release();
    await state.release();
    await (await lock(own)).release();
  });

  test('of a dry run needs no lock and records nothing', async () => {
    await expect(DRY_RUN_STATE.record(['web'])).rejects.toThrow(OcspbotError);
    await DRY_RUN_STATE.release();
  });

  test('can be read by other users, who look at it for status and check, whatever the umask', async () => {
    const sandbox = makeSandbox();
    const before = process.umask(0o077);
    try {
      await (await lock(ownerIn(sandbox))).release();
    } finally {
      process.umask(before);
    }
    const closed = Object.entries(sandbox.snapshot('state')).filter(
      ([, { kind, mode }]) => mode !== (kind === 'folder' ? '755' : '644'),
    );
    expect([sandbox.look('state')?.mode, closed]).toEqual(['755', []]);
  });

  test('tells nobody of trouble while there is none', () => {
    expect(told).toEqual([]);
  });
});
