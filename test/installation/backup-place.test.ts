import { linkSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import type { BackupPolicy } from '../../src/configuration/model.js';
import { findBackups } from '../../src/installation/backups.js';
import { createInstaller } from '../../src/installation/installer.js';
import type { Installed } from '../../src/installation/types.js';
import type { Tools } from '../../src/storage/tools.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { NOW, proofOf, realTools } from './support/tools.js';

const ON: BackupPolicy = { kind: 'on', keep: 3, maxAge: undefined, folder: undefined };

interface Setup {
  readonly content?: string;
  readonly backups?: BackupPolicy;
  readonly mustBeKept?: boolean;
  readonly others?: readonly string[];
  readonly tools?: Partial<Tools>;
}

function install(sandbox: Sandbox, name: string, setup: Setup = {}): Promise<Installed> {
  const { content = 'new', backups = ON, mustBeKept = false, others = [], tools = {} } = setup;
  const paths = [name, ...others].map((one) => sandbox.path(one));
  const settings = { backups, stateFolder: sandbox.path('state'), paths };
  return createInstaller(settings, realTools(tools)).install({
    response: proofOf(content),
    path: sandbox.path(name),
    objectionNow: () => undefined,
    mustBeKept: () => mustBeKept,
    beforeRename: () => Promise.resolve(),
    afterFailure: () => Promise.resolve(),
  });
}

function found(sandbox: Sandbox, name: string, backups: BackupPolicy = ON): string[] {
  const settings = { backups, stateFolder: sandbox.path('state') };
  return findBackups(sandbox.path(name), settings, realTools().files).backups.map(({ path }) =>
    path.slice(sandbox.folder.length + 1),
  );
}

/** Backups of earlier versions, next to the staples. */
function writeFormer(sandbox: Sandbox, name: string): void {
  for (const day of ['01', '02']) sandbox.write(`${name}-202602${day}-120000`, `${name} of ${day}`);
}

describe('backups without a folder of their own', () => {
  it('lie below the state folder: a server may read that of the staples as a whole', async () => {
    const sandbox = makeSandbox();
    sandbox.write('ocsp/a.ocsp', 'old', 0o640);
    const { backup = '' } = await install(sandbox, 'ocsp/a.ocsp');
    expect(sandbox.list('ocsp')).toEqual(['a.ocsp']);
    const [name = ''] = sandbox.list('state/backups');
    expect(name).toMatch(/^a\.ocsp\.[0-9a-f]{12}-20260301-120000$/);
    expect(backup).toBe(sandbox.path(`state/backups/${name}`));
    expect(sandbox.text(`state/backups/${name}`)).toBe('old');
    expect(statSync(backup).mode & 0o777).toBe(0o640);
    expect(found(sandbox, 'ocsp/a.ocsp')).toEqual([`state/backups/${name}`]);
  });

  it('of two staples of one name are told apart, and pruned apart', async () => {
    const sandbox = makeSandbox();
    for (const folder of ['one', 'other']) sandbox.write(`${folder}/a.ocsp`, folder);
    for (let content = 1; content <= 5; content++) {
      for (const folder of ['one', 'other'])
        await install(sandbox, `${folder}/a.ocsp`, { content: `${folder} ${content}` });
    }
    for (const folder of ['one', 'other']) {
      const backups = found(sandbox, `${folder}/a.ocsp`);
      expect(backups.map((name) => sandbox.text(name))).toEqual(
        [4, 3, 2].map((number) => `${folder} ${number}`),
      );
    }
    expect(sandbox.list('state/backups')).toHaveLength(6);
  });

  it('are those of the real file, by whichever link it is named', async () => {
    const sandbox = makeSandbox();
    sandbox.write('real/a.ocsp', 'old');
    symlinkSync('real/a.ocsp', sandbox.path('link.ocsp'));
    symlinkSync('real', sandbox.path('folder'));
    await install(sandbox, 'link.ocsp');
    expect(found(sandbox, 'folder/a.ocsp')).toEqual(found(sandbox, 'real/a.ocsp'));
    expect(found(sandbox, 'real/a.ocsp')).toHaveLength(1);
  });

  it('of a name as long as it may be, with octets that are not text', async () => {
    const sandbox = makeSandbox();
    const name = `ocsp/${'ä'.repeat(125)}.ocsp`;
    sandbox.write(name, 'old');
    await install(sandbox, name);
    expect(found(sandbox, name)).toHaveLength(1);
  });
});

describe('backups in a folder of their own', () => {
  /** Makes two backups of one second, and returns the parts of their names before the time. */
  async function backedUp(name: string): Promise<string[]> {
    const sandbox = makeSandbox();
    mkdirSync(sandbox.path('own'));
    const backups = { ...ON, folder: sandbox.path('own') };
    sandbox.write(`ocsp/${name}`, 'old');
    await install(sandbox, `ocsp/${name}`, { content: 'new', backups });
    await install(sandbox, `ocsp/${name}`, { content: 'newer', backups });
    const texts = found(sandbox, `ocsp/${name}`, backups).map((path) => sandbox.text(path));
    expect(texts).toEqual(['new', 'old']);
    const [first = '', second = ''] = sandbox.list('own');
    return [first.replace(/-20260301-120000$/, ''), second.replace(/-20260301-120000-2$/, '')];
  }

  it.each([
    ['chosen, is made as the umask says', 'own/new', 0o700],
    ['below the state folder, may be listed by others', undefined, 0o755],
  ])('are in a folder that, if it is %s', async (_, folder, mode) => {
    const sandbox = makeSandbox();
    sandbox.write('ocsp/a.ocsp', 'old');
    const backups = { ...ON, folder: folder && sandbox.path(folder) };
    const umask = process.umask(0o077);
    try {
      const { backup = '' } = await install(sandbox, 'ocsp/a.ocsp', { backups });
      expect(statSync(dirname(backup)).mode & 0o777).toBe(mode);
    } finally {
      process.umask(umask);
    }
  });

  it('cannot be listed where a file has the place of the folder', () => {
    const sandbox = makeSandbox();
    sandbox.write('ocsp/a.ocsp', 'old');
    sandbox.write('own', '');
    const backups = { ...ON, folder: sandbox.path('own') };
    expect(() => found(sandbox, 'ocsp/a.ocsp', backups)).toThrow('list the folder');
  });

  it.each(['a.ocsp', 'a'.repeat(236), 'ä'.repeat(118)])(
    'have the whole name of the staple: %s',
    async (name) => {
      expect(await backedUp(name)).toEqual([name, name]);
    },
  );

  it.each(['a'.repeat(237), 'a'.repeat(255), 'ä'.repeat(127)])(
    'have its beginning and a digest if they would be too long: %s',
    async (name) => {
      const [first, second] = await backedUp(name);
      expect(first).toMatch(/^[a_]{80}\.[0-9a-f]{12}$/);
      expect(second).toBe(first);
    },
  );
});

describe('backups that an earlier version left beside the staple', () => {
  it('are found', () => {
    const sandbox = makeSandbox();
    sandbox.write('ocsp/a.ocsp', 'old');
    writeFormer(sandbox, 'ocsp/a.ocsp');
    mkdirSync(sandbox.path('elsewhere'));
    const policies: BackupPolicy[] = [ON, { kind: 'off' }, { ...ON, folder: sandbox.path('elsewhere') }];
    for (const policy of policies) {
      expect(found(sandbox, 'ocsp/a.ocsp', policy)).toEqual([
        'ocsp/a.ocsp-20260202-120000',
        'ocsp/a.ocsp-20260201-120000',
      ]);
    }
    expect(found(sandbox, 'ocsp/a.ocsp', { ...ON, folder: sandbox.path('ocsp') })).toHaveLength(2);
  });

  it.each(['by a link', 'by a copy, across file systems'])('are moved out of the way %s', async (how) => {
    const sandbox = makeSandbox();
    for (const name of ['a.ocsp', 'b.ocsp', 'c.ocsp']) sandbox.write(`ocsp/${name}`, 'old');
    for (const name of ['a.ocsp', 'b.ocsp', 'foreign.ocsp']) writeFormer(sandbox, `ocsp/${name}`);
    const { files } = realTools();
    const link: Tools['files']['link'] = (from, to) =>
      how === 'by a link' || from.includes('/backups/')
        ? files.link(from, to)
        : Promise.reject(Object.assign(new Error('EXDEV'), { code: 'EXDEV', syscall: 'link' }));
    const others = ['ocsp/b.ocsp', 'ocsp/c.ocsp', 'elsewhere/foreign.ocsp'];
    const installed = await install(sandbox, 'ocsp/a.ocsp', { others, tools: { files: { ...files, link } } });
    expect(installed.warnings).toEqual([]);
    expect(sandbox.list('ocsp')).toEqual([
      'a.ocsp',
      'b.ocsp',
      'c.ocsp',
      'foreign.ocsp-20260201-120000',
      'foreign.ocsp-20260202-120000',
    ]);
    const texts = (name: string) => found(sandbox, name).map((path) => sandbox.text(path));
    expect(texts('ocsp/a.ocsp')).toEqual(['old', 'ocsp/a.ocsp of 02', 'ocsp/a.ocsp of 01']);
    expect(texts('ocsp/b.ocsp')).toEqual(['ocsp/b.ocsp of 02', 'ocsp/b.ocsp of 01']);
  });

  it('count for what is kept', async () => {
    const sandbox = makeSandbox();
    sandbox.write('ocsp/a.ocsp', 'old');
    writeFormer(sandbox, 'ocsp/a.ocsp');
    await install(sandbox, 'ocsp/a.ocsp', { backups: { ...ON, keep: 2 } });
    expect(found(sandbox, 'ocsp/a.ocsp').map((path) => sandbox.text(path))).toEqual([
      'old',
      'ocsp/a.ocsp of 02',
    ]);
  });

  it('that were moved by a run that died half way are there once', async () => {
    const sandbox = makeSandbox();
    sandbox.write('ocsp/a.ocsp', 'old');
    await install(sandbox, 'ocsp/a.ocsp', { tools: { now: NOW - 86_400_000 } });
    const [name = ''] = sandbox.list('state/backups');
    linkSync(sandbox.path(`state/backups/${name}`), sandbox.path('ocsp/a.ocsp-20260228-120000'));
    await install(sandbox, 'ocsp/a.ocsp', { content: 'newer' });
    expect(sandbox.list('ocsp')).toEqual(['a.ocsp']);
    expect(found(sandbox, 'ocsp/a.ocsp')).toHaveLength(2);
  });

  it('stay where others of that name are, and where they cannot be moved, which is told', async () => {
    const sandbox = makeSandbox();
    sandbox.write('ocsp/a.ocsp', 'old');
    writeFormer(sandbox, 'ocsp/a.ocsp');
    const files: Tools['files'] = {
      ...realTools().files,
      remove: (path) =>
        path.endsWith('.tmp')
          ? realTools().files.remove(path)
          : Promise.reject(Object.assign(new Error('EPERM: no'), { code: 'EPERM', syscall: 'unlink' })),
    };
    const { warnings } = await install(sandbox, 'ocsp/a.ocsp', { tools: { files } });
    expect(warnings).toEqual([expect.stringMatching(/^cannot move the backups of \S+ to \S+: EPERM/)]);
    expect(sandbox.list('ocsp')).toHaveLength(3);
  });

  it('are no folders and no links, which stay', async () => {
    const sandbox = makeSandbox();
    sandbox.write('ocsp/a.ocsp', 'old');
    mkdirSync(sandbox.path('ocsp/a.ocsp-20260201-120000'));
    symlinkSync('a.ocsp', sandbox.path('ocsp/a.ocsp-20260202-120000'));
    const { warnings } = await install(sandbox, 'ocsp/a.ocsp');
    expect(warnings).toEqual([]);
    expect(sandbox.list('ocsp')).toHaveLength(3);
    expect(found(sandbox, 'ocsp/a.ocsp')).toHaveLength(1);
  });

  it('stay where the disk fails, which is told', async () => {
    const sandbox = makeSandbox();
    sandbox.write('ocsp/a.ocsp', 'old');
    writeFormer(sandbox, 'ocsp/a.ocsp');
    const { files } = realTools();
    const link: Tools['files']['link'] = (from, to) =>
      from.includes('/backups/')
        ? files.link(from, to)
        : Promise.reject(Object.assign(new Error('EIO: i/o error'), { code: 'EIO', syscall: 'link' }));
    const { warnings } = await install(sandbox, 'ocsp/a.ocsp', { tools: { files: { ...files, link } } });
    expect(warnings).toEqual([expect.stringMatching(/^cannot move the backups of \S+ to \S+: EIO/)]);
    expect(sandbox.list('ocsp')).toHaveLength(3);
  });

  it('are left alone where backups are off or have a folder of their own', async () => {
    for (const backups of [{ kind: 'off' }, { ...ON, folder: '/tmp' }] as const) {
      const sandbox = makeSandbox();
      sandbox.write('ocsp/a.ocsp', 'old');
      writeFormer(sandbox, 'ocsp/a.ocsp');
      const own = backups.kind === 'on' ? { ...backups, folder: sandbox.path('own') } : backups;
      await install(sandbox, 'ocsp/a.ocsp', { backups: own, mustBeKept: true });
      expect(sandbox.list('ocsp')).toHaveLength(3);
    }
  });
});

test('what must be kept is kept, also where no backups are wanted', async () => {
  const sandbox = makeSandbox();
  sandbox.write('ocsp/a.ocsp', 'secret', 0o600);
  const { backup = '', warnings } = await install(sandbox, 'ocsp/a.ocsp', {
    backups: { kind: 'off' },
    mustBeKept: true,
  });
  expect(sandbox.text(backup.slice(sandbox.folder.length + 1))).toBe('secret');
  expect(warnings).toEqual([expect.stringContaining(backup)]);
});
