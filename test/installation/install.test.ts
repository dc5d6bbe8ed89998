import {
  chownSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BackupPolicy } from '../../src/configuration/model.js';
import { OcspbotError } from '../../src/util/errors.js';
import { createInstaller } from '../../src/installation/installer.js';
import type { Installation, Installed } from '../../src/installation/types.js';
import type { InstallerSettings } from '../../src/installation/backup-keeper.js';
import { placeOf } from '../../src/storage/names.js';
import type { Tools } from '../../src/storage/tools.js';
import { DAY, SECOND } from '../../src/util/time.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { bundle, startNode } from './support/child.js';
import { requireRoot } from '../support/require.js';
import { NOW, proofOf, realTools, textOf } from './support/tools.js';

const OFF: BackupPolicy = { kind: 'off' };
const ON: BackupPolicy = { kind: 'on', keep: 3, maxAge: undefined, folder: undefined };

interface Setup {
  readonly content?: string;
  readonly path?: string;
  readonly backups?: BackupPolicy;
  readonly tools?: Partial<Tools>;
  readonly objectionNow?: Installation['objectionNow'];
  readonly beforeRename?: Installation['beforeRename'];
  readonly afterFailure?: Installation['afterFailure'];
}

/** Makes the settings. If no folder is named, backups are in the sandbox itself. */
function settingsOf(
  sandbox: Sandbox,
  backups: BackupPolicy,
  paths: readonly string[] = [],
): InstallerSettings {
  const folder = sandbox.folder;
  return {
    backups: backups.kind === 'on' ? { ...backups, folder: backups.folder ?? folder } : backups,
    stateFolder: sandbox.path('state'),
    paths,
  };
}

const COMMON = {
  objectionNow: () => undefined,
  mustBeKept: () => false,
  beforeRename: () => Promise.resolve(),
  afterFailure: () => Promise.resolve(),
};

function install(sandbox: Sandbox, setup: Setup = {}): Promise<Installed> {
  const { content = 'new', path = 'a.ocsp', backups = OFF, tools = {}, ...callbacks } = setup;
  return createInstaller(settingsOf(sandbox, backups), realTools(tools)).install({
    ...COMMON,
    ...callbacks,
    response: proofOf(content),
    path: sandbox.path(path),
  });
}

describe('installing', () => {
  it('makes a file that every server can read where there was none', async () => {
    const sandbox = makeSandbox();
    const installed = await install(sandbox);
    expect(installed).toEqual({
      kind: 'installed',
      path: sandbox.path('a.ocsp'),
      backup: undefined,
      warnings: [],
    });
    expect(sandbox.text('a.ocsp')).toBe('new');
    expect(lstatSync(sandbox.path('a.ocsp')).mode & 0o7777).toBe(0o644);
    expect(sandbox.list()).toEqual(['a.ocsp']);
  });

  it('gives a new file the group of its folder', async (context) => {
    requireRoot(context);
    const sandbox = makeSandbox();
    chownSync(sandbox.folder, 1234, 5678);
    await install(sandbox);
    expect(lstatSync(sandbox.path('a.ocsp'))).toMatchObject({ uid: 0, gid: 5678 });
  });

  it.for([
    [0o640, 1234, 5678],
    [0o600, 0, 0],
    [0o644, 65_534, 0],
    [0o444, 0, 5678],
  ] as const)(
    'keeps mode %o, owner %i and group %i, for the backup too',
    async ([mode, uid, gid], context) => {
      requireRoot(context);
      const sandbox = makeSandbox();
      chownSync(sandbox.write('a.ocsp', 'old', mode), uid, gid);
      const { backup = '' } = await install(sandbox, { backups: ON });
      for (const path of [sandbox.path('a.ocsp'), backup]) {
        expect(lstatSync(path)).toMatchObject({ uid, gid, mode: 0o100_000 + mode });
      }
    },
  );

  it.each([
    ['link.ocsp', 'a link to the file'],
    ['middle/a.ocsp', 'a link in the middle of the path'],
    ['dangling.ocsp', 'a link to what is not there yet'],
  ])('replaces what is behind %s: %s', async (path) => {
    const sandbox = makeSandbox();
    const real = path === 'dangling.ocsp' ? 'real/b.ocsp' : 'real/a.ocsp';
    sandbox.write('real/a.ocsp', 'old');
    symlinkSync('real/a.ocsp', sandbox.path('link.ocsp'));
    symlinkSync('real/b.ocsp', sandbox.path('dangling.ocsp'));
    symlinkSync('real', sandbox.path('middle'));
    expect((await install(sandbox, { path })).path).toBe(sandbox.path(real));
    expect(sandbox.text(real)).toBe('new');
    expect(readlinkSync(sandbox.path('link.ocsp'))).toBe('real/a.ocsp');
    expect(readlinkSync(sandbox.path('middle'))).toBe('real');
  });

  it('leaves the old file to who has it open', async () => {
    const sandbox = makeSandbox();
    sandbox.write('a.ocsp', 'old');
    const before = statSync(sandbox.path('a.ocsp')).ino;
    await install(sandbox);
    expect(statSync(sandbox.path('a.ocsp')).ino).not.toBe(before);
  });

  it('judges again against the octets in place', async () => {
    const sandbox = makeSandbox();
    sandbox.write('a.ocsp', 'old');
    const seen: unknown[] = [];
    const objectionNow: Installation['objectionNow'] = (inPlace) => void seen.push(textOf(inPlace));
    await install(sandbox, { objectionNow });
    await install(sandbox, { objectionNow, path: 'b.ocsp' });
    expect(seen).toEqual(['old', undefined]);
  });

  it('calls for the pending reloads when all is ready and nothing is done', async () => {
    const sandbox = makeSandbox();
    sandbox.write('a.ocsp', 'old');
    let seen: string[] = [];
    const beforeRename = (): Promise<void> => {
      seen = [sandbox.text('a.ocsp'), ...sandbox.list()];
      return Promise.resolve();
    };
    await install(sandbox, { backups: ON, beforeRename });
    expect(seen).toEqual([
      'old',
      expect.stringMatching(/^\.a\.ocsp\.ocspbot-.*\.tmp$/),
      'a.ocsp',
      'a.ocsp-20260301-120000',
    ]);
  });

  it('replaces what is not a staple at all', async () => {
    for (const content of ['', 'x'.repeat(5_000_000)]) {
      const sandbox = makeSandbox();
      sandbox.write('a.ocsp', content);
      await install(sandbox, { backups: ON });
      expect(sandbox.text('a.ocsp')).toBe('new');
      expect(sandbox.text('a.ocsp-20260301-120000')).toBe(content);
    }
  });

  it('does many at once, in one folder', async () => {
    const sandbox = makeSandbox();
    const installer = createInstaller(settingsOf(sandbox, ON), realTools());
    const names = Array.from({ length: 100 }, (_, index) => `${index}.ocsp`);
    for (const name of names) sandbox.write(name, `old ${name}`);
    const installNamed = (name: string): Promise<Installed> =>
      installer.install({
        response: proofOf(`new ${name}`),
        path: sandbox.path(name),
        ...COMMON,
      });
    await Promise.all(names.map(installNamed));
    for (const name of names) {
      expect(sandbox.text(name)).toBe(`new ${name}`);
      expect(sandbox.text(`${name}-20260301-120000`)).toBe(`old ${name}`);
    }
    expect(sandbox.list()).toHaveLength(200);
  });
});

/** Changes the folder at the last moment, as another user or another program may. */
const meanwhile =
  (change: (sandbox: Sandbox) => void) =>
  (sandbox: Sandbox): Setup => ({
    beforeRename: () => Promise.resolve(change(sandbox)),
  });

/** An attacker who can predict the name. */
function plantTemporary(sandbox: Sandbox): Setup {
  const { self } = realTools().processes;
  const name = `.a.ocsp.ocspbot-${placeOf(self)}-${self.pid}-0011223344556677.tmp`;
  symlinkSync('precious', sandbox.path(name));
  return { tools: { randomBytes: () => Buffer.from('0011223344556677', 'hex') } };
}

describe('when an installation fails', () => {
  const REFUSAL = new OcspbotError('signature-invalid', 'no');
  const FILES = realTools().files;
  const EIO = Object.assign(new Error('EIO: no'), { code: 'EIO', syscall: 'rename' });

  it.each<[string, string, (sandbox: Sandbox) => Setup]>([
    ['what is in place has changed since', 'signature-invalid', () => ({ objectionNow: () => REFUSAL })],
    [
      'the pending reloads cannot be recorded',
      'signature-invalid',
      () => ({ beforeRename: () => Promise.reject(REFUSAL) }),
    ],
    [
      'other bytes are read back',
      'read-back-differs',
      () => ({ tools: { files: { ...realTools().files, read: () => Buffer.from('nex') } } }),
    ],
    [
      'more bytes are read back',
      'file-too-large',
      () => ({ tools: { files: { ...realTools().files, read: (path) => realTools().files.read(path, 2) } } }),
    ],
    ['the name of the temporary file is taken', 'write-failed', plantTemporary],
    [
      'something newer was installed meanwhile',
      'write-failed',
      meanwhile((sandbox) => sandbox.write('a.ocsp', 'newer')),
    ],
    [
      'a link was planted in place of the old file',
      'target-unsuitable',
      meanwhile((sandbox) => {
        sandbox.remove('a.ocsp');
        symlinkSync('precious', sandbox.path('a.ocsp'));
      }),
    ],
    [
      'a folder was put in place of the old file',
      'target-unsuitable',
      meanwhile((sandbox) => {
        sandbox.remove('a.ocsp');
        mkdirSync(sandbox.path('a.ocsp'));
      }),
    ],
    ['the name is too long', 'target-unsuitable', () => ({ path: `${'x'.repeat(251)}.ocsp` })],
  ])('because %s: %s, and nothing is left behind', async (_, code, setup) => {
    const sandbox = makeSandbox();
    sandbox.write('a.ocsp', 'old');
    sandbox.write('precious', 'precious');
    const before = sandbox.list();
    const options = setup(sandbox);
    await expect(install(sandbox, options)).rejects.toMatchObject({ code });
    expect(sandbox.list().filter((name) => !before.includes(name) && !name.includes('00112233'))).toEqual([]);
    expect(sandbox.text('precious')).toBe('precious');
    if (!options.beforeRename) expect(sandbox.text('a.ocsp')).toBe('old');
  });

  it.each<[string, Setup, 'taken back' | 'kept']>([
    ['the response is refused before it is', { objectionNow: () => REFUSAL }, 'kept'],
    ['it cannot be recorded', { beforeRename: () => Promise.reject(REFUSAL) }, 'kept'],
    ['the rename fails', { tools: { files: { ...FILES, rename: () => Promise.reject(EIO) } } }, 'taken back'],
    [
      'the rename fails, but has taken place',
      {
        tools: {
          files: {
            ...FILES,
            rename: async (from, to) => {
              await FILES.rename(from, to);
              throw EIO;
            },
          },
        },
      },
      'kept',
    ],
  ])('because %s, the pending reloads are %s', async (_, setup, expected) => {
    const sandbox = makeSandbox();
    sandbox.write('a.ocsp', 'old');
    let pending = 'kept';
    const afterFailure = (): Promise<void> => Promise.resolve(void (pending = 'taken back'));
    await expect(install(sandbox, { ...setup, afterFailure })).rejects.toBeInstanceOf(OcspbotError);
    expect(pending).toBe(expected);
    expect(sandbox.list()).toEqual(['a.ocsp']);
  });

  it('because its folder was swapped for a link, nothing comes to where that leads', async () => {
    const sandbox = makeSandbox();
    sandbox.write('folder/a.ocsp', 'old');
    const swap = (): Promise<void> => {
      renameSync(sandbox.path('folder'), sandbox.path('away'));
      mkdirSync(sandbox.path('elsewhere'));
      for (const name of sandbox.list('away').filter((one) => one.endsWith('.tmp')))
        renameSync(sandbox.path(`away/${name}`), sandbox.path(`elsewhere/${name}`));
      symlinkSync('elsewhere', sandbox.path('folder'));
      return Promise.resolve();
    };
    const installing = install(sandbox, { path: 'folder/a.ocsp', beforeRename: swap });
    await expect(installing).rejects.toMatchObject({ code: 'target-unsuitable', hint: expect.anything() });
    expect(sandbox.list('elsewhere')).toEqual([]);
    expect(sandbox.text('away/a.ocsp')).toBe('old');
  });

  it('a vanished staple is no reason to fail', async () => {
    const sandbox = makeSandbox();
    sandbox.write('a.ocsp', 'old');
    await install(sandbox, { beforeRename: () => Promise.resolve(sandbox.remove('a.ocsp')) });
    expect(sandbox.text('a.ocsp')).toBe('new');
  });

  it('a backup that cannot be pruned is only warned of', async () => {
    const sandbox = makeSandbox();
    sandbox.write('a.ocsp', 'old');
    sandbox.write('a.ocsp-20250101-000000', 'older');
    const { files } = realTools();
    const failing: Tools['files'] = {
      ...files,
      remove: (path) => (path.endsWith('.tmp') ? files.remove(path) : Promise.reject(new Error('EIO'))),
    };
    const installed = await install(sandbox, { backups: { ...ON, keep: 1 }, tools: { files: failing } });
    expect(installed.warnings).toEqual([expect.stringContaining('20250101')]);
    expect(sandbox.text('a.ocsp')).toBe('new');
  });

  it('syncs each folder once, after all installations, and warns of one that cannot be synced', async () => {
    const sandbox = makeSandbox();
    const { files } = realTools();
    const synced: string[] = [];
    const syncFolder = (folder: string) => {
      synced.push(folder);
      return folder.endsWith('bad') ? Promise.reject(new Error('EIO')) : files.syncFolder(folder);
    };
    const installer = createInstaller(
      settingsOf(sandbox, OFF),
      realTools({ files: { ...files, syncFolder } }),
    );
    for (const path of ['good/a.ocsp', 'good/b.ocsp', 'bad/c.ocsp']) {
      mkdirSync(sandbox.path(dirname(path)), { recursive: true });
      await installer.install({ ...COMMON, response: proofOf('new'), path: sandbox.path(path) });
    }
    expect(synced).toEqual([]);
    expect(await installer.settle()).toEqual([
      expect.stringContaining(`${sandbox.path('bad')}, but a power cut`),
    ]);
    expect(synced).toEqual([sandbox.path('good'), sandbox.path('bad')]);
    expect(await installer.settle()).toEqual([]);
  });
});

describe('backups', () => {
  it('have the old bytes, under the time of the run', async () => {
    const sandbox = makeSandbox();
    sandbox.write('a.ocsp', 'old');
    const { backup } = await install(sandbox, { backups: ON });
    expect(backup).toBe(sandbox.path('a.ocsp-20260301-120000'));
    expect(sandbox.text('a.ocsp-20260301-120000')).toBe('old');
  });

  it('are not made of nothing', async () => {
    const sandbox = makeSandbox();
    expect((await install(sandbox, { backups: ON })).backup).toBeUndefined();
    expect(sandbox.list()).toEqual(['a.ocsp']);
  });

  it('lie in a folder that is made for them', async () => {
    const sandbox = makeSandbox();
    sandbox.write('real/a.ocsp', 'old');
    symlinkSync('real/a.ocsp', sandbox.path('b.ocsp'));
    const folder = sandbox.path('far/away/');
    const { backup } = await install(sandbox, { path: 'b.ocsp', backups: { ...ON, folder } });
    expect(sandbox.list('real')).toEqual(['a.ocsp']);
    expect(backup).toBe(sandbox.path('far/away/a.ocsp-20260301-120000'));
    expect(sandbox.text('far/away/a.ocsp-20260301-120000')).toBe('old');
  });

  it('of one second are numbered', async () => {
    const sandbox = makeSandbox();
    const installer = createInstaller(settingsOf(sandbox, { ...ON, keep: 20 }), realTools());
    const path = sandbox.path('a.ocsp');
    for (let run = 0; run < 13; run++)
      await installer.install({ ...COMMON, path, response: proofOf(`${run}`) });
    const names = Array.from(
      { length: 12 },
      (_, run) => `a.ocsp-20260301-120000${run === 0 ? '' : `-${run + 1}`}`,
    );
    expect(names.map((name) => sandbox.text(name))).toEqual(names.map((_, run) => `${run}`));
    expect(sandbox.list()).toHaveLength(13);
  });

  it('are not doubled by runs that fail after making one', async () => {
    const sandbox = makeSandbox();
    sandbox.write('a.ocsp', 'old');
    for (let run = 0; run < 5; run++) {
      const failing = { beforeRename: () => Promise.reject(new OcspbotError('no-space', 'full')) };
      const tools = { now: NOW + run * SECOND };
      await expect(install(sandbox, { backups: ON, tools, ...failing })).rejects.toMatchObject({
        code: 'no-space',
      });
    }
    expect(sandbox.list()).toEqual(['a.ocsp', 'a.ocsp-20260301-120000']);
  });

  it.each(['link', 'dangling link', 'folder', 'other bytes'])(
    'step aside for a %s of that name',
    async (kind) => {
      const sandbox = makeSandbox();
      const taken = sandbox.path('a.ocsp-20260301-120000');
      sandbox.write('a.ocsp', 'old');
      sandbox.write('precious', 'old');
      if (kind === 'link') symlinkSync('precious', taken);
      if (kind === 'dangling link') symlinkSync('nowhere', taken);
      if (kind === 'folder') mkdirSync(taken);
      if (kind === 'other bytes') sandbox.write('a.ocsp-20260301-120000', 'other');
      const { backup } = await install(sandbox, { backups: ON });
      expect(backup).toBe(`${taken}-2`);
      expect(sandbox.exists('nowhere')).toBe(false);
    },
  );

  it('are made where the file system has no hard links', async () => {
    const sandbox = makeSandbox();
    sandbox.write('a.ocsp', 'old');
    const refusal = Object.assign(new Error('EPERM'), { code: 'EPERM', syscall: 'link' });
    const files = { ...realTools().files, link: () => Promise.reject(refusal) };
    await install(sandbox, { backups: ON, tools: { files } });
    expect(sandbox.text('a.ocsp-20260301-120000')).toBe('old');
    expect(sandbox.list()).toHaveLength(2);
  });

  it('are pruned after the rename, and nothing else is', async () => {
    const sandbox = makeSandbox();
    const others = [
      'a.ocsp-20250101-000000.keep',
      'a.ocsp-20250230-000000',
      'b.ocsp-20250101-000000',
      'b.ocsp-20250102-000000',
      'xa.ocsp-20250101-000000',
    ];
    for (const name of others) sandbox.write(name, 'precious');
    mkdirSync(sandbox.path('a.ocsp-20250105-000000'));
    symlinkSync('precious', sandbox.path('a.ocsp-20250106-000000'));
    for (const day of [1, 2, 3, 4]) sandbox.write(`a.ocsp-2025010${day}-000000`, `${day}`);
    sandbox.write('a.ocsp', 'old');
    await install(sandbox, { backups: ON });
    const kept = ['a.ocsp-20250103-000000', 'a.ocsp-20250104-000000', 'a.ocsp-20260301-120000'];
    const strange = ['a.ocsp-20250105-000000', 'a.ocsp-20250106-000000'];
    expect(sandbox.list()).toEqual([...others, ...kept, ...strange, 'a.ocsp'].toSorted());
  });

  it('of one second are told apart: the newest stay', async () => {
    const sandbox = makeSandbox();
    sandbox.write('a.ocsp', '0');
    for (const content of ['1', '2', '3', '4', '5', '6']) await install(sandbox, { content, backups: ON });
    const kept = sandbox.list().filter((name) => name !== 'a.ocsp');
    expect(kept.map((name) => sandbox.text(name))).toEqual(['3', '4', '5']);
  });

  it('are pruned by age', async () => {
    const sandbox = makeSandbox();
    for (const day of ['20260101', '20260227', '20260228']) sandbox.write(`a.ocsp-${day}-130000`, day);
    sandbox.write('a.ocsp', 'old');
    await install(sandbox, { backups: { ...ON, keep: 100, maxAge: 2 * DAY } });
    expect(sandbox.list()).toHaveLength(4);
    expect(sandbox.exists('a.ocsp-20260101-130000')).toBe(false);
  });

  it('may be thousands', async () => {
    const sandbox = makeSandbox();
    for (let second = 0; second < 3000; second++) {
      const time = new Date(NOW - second * SECOND - DAY)
        .toISOString()
        .replaceAll(/[-:]/g, '')
        .replace('T', '-');
      sandbox.write(`a.ocsp-${time.slice(0, 15)}`, 'x');
    }
    sandbox.write('a.ocsp', 'old');
    await install(sandbox, { backups: ON });
    expect(sandbox.list()).toHaveLength(4);
  });
});

describe('a run that is killed before the rename', () => {
  it('leaves the old staple, and what the next run removes', async () => {
    const sandbox = makeSandbox();
    sandbox.write('a.ocsp', 'old');
    mkdirSync(sandbox.path('state'));
    const script = await bundle('install', sandbox.folder);
    const job = {
      path: sandbox.path('a.ocsp'),
      content: 'new',
      backups: ON,
      stateFolder: sandbox.path('state'),
    };
    const killed = startNode(script, { ...job, stop: true });
    expect(await killed.line()).toBe('stopped');
    await killed.kill();
    expect(sandbox.text('a.ocsp')).toBe('old');
    expect(sandbox.list().filter((name) => name.startsWith('.a.ocsp.'))).toHaveLength(1);
    expect(sandbox.list('state')).toEqual(['backups', 'reload-debt.json']);
    const next = startNode(script, job);
    expect(JSON.parse((await next.line()) ?? '')).toMatchObject({ kind: 'installed', warnings: [] });
    expect(sandbox.text('a.ocsp')).toBe('new');
    expect(sandbox.list().filter((name) => name.startsWith('.a.ocsp.'))).toEqual([]);
    expect(sandbox.list('state/backups')).toEqual([
      expect.stringMatching(/^a\.ocsp\.[0-9a-f]{12}-\d{8}-\d{6}$/),
    ]);
  });

  it('of two at once one changes nothing that the other did', async () => {
    const sandbox = makeSandbox();
    utimesSync(sandbox.write('a.ocsp', 'old'), 1, 1);
    const script = await bundle('install', sandbox.folder);
    const slow = startNode(script, { path: sandbox.path('a.ocsp'), content: 'slow', stop: true });
    expect(await slow.line()).toBe('stopped');
    const fast = startNode(script, { path: sandbox.path('a.ocsp'), content: 'fast' });
    expect((await fast.end()).lines).toEqual([expect.stringContaining('installed')]);
    expect(sandbox.list().filter((name) => name.startsWith('.a.ocsp.'))).toHaveLength(1);
  });
});
