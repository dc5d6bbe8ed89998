import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, symlinkSync, utimesSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/util/limits.js';
import { removeStaleTemporaryFiles, replaceFile } from '../../src/storage/temporary-files.js';
import { placeOf, temporaryPath } from '../../src/storage/names.js';
import type { Tools } from '../../src/storage/tools.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';
import { requireRoot } from '../support/require.js';
import { NOW, realTools } from '../installation/support/tools.js';

const tools = realTools();
const here = placeOf(tools.processes.self);
const elsewhere = placeOf({ pid: 1, started: '', host: 'elsewhere' });
const OLD = NOW - LIMITS.temporaryFileAge - 1000;
const YOUNG = NOW - LIMITS.temporaryFileAge + 1000;

function name(place: string, pid: number): string {
  return `.a.ocsp.ocspbot-${place}-${pid}-0123456789abcdef.tmp`;
}

function put(sandbox: Sandbox, file: string, modified: number): void {
  utimesSync(sandbox.write(file, 'left over'), modified / 1000, modified / 1000);
}

async function clean(sandbox: Sandbox, changes: Partial<Tools> = {}): Promise<string[]> {
  await removeStaleTemporaryFiles(sandbox.folder, sandbox.list(), { ...tools, ...changes });
  return sandbox.list();
}

async function deadPid(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe('a temporary file', () => {
  it('of a dead process goes at once', async () => {
    const sandbox = makeSandbox();
    put(sandbox, name(here, await deadPid()), NOW);
    expect(await clean(sandbox)).toEqual([]);
  });

  it.each([
    ['of a live process', here, 1, YOUNG, 'stays'],
    ['of a process whose pid another has by now', here, 1, OLD, 'goes'],
    ['of ourselves', here, process.pid, YOUNG, 'stays'],
    ['of an earlier process with our pid', here, process.pid, OLD, 'goes'],
    ['of another container, young', elsewhere, 4_000_000, YOUNG, 'stays'],
    ['of another container, old', elsewhere, 4_000_000, OLD, 'goes'],
    ['from a future that the clock had before it was set', elsewhere, 4_000_000, NOW * 2, 'goes'],
  ])('%s %s%s', async (_, place, pid, modified, expected) => {
    const sandbox = makeSandbox();
    put(sandbox, name(place, pid), modified);
    expect(await clean(sandbox)).toHaveLength(expected === 'stays' ? 1 : 0);
  });

  it('is known by the name that it was given', async () => {
    const sandbox = makeSandbox();
    const path = temporaryPath(sandbox.folder, 'a b.ocsp', tools);
    put(sandbox, path.slice(sandbox.folder.length + 1), OLD);
    expect(await clean(sandbox)).toEqual([]);
  });

  it.each([
    ['one byte', 'a'.repeat(255)],
    ['two bytes', `a${'ä'.repeat(127)}`],
    ['three bytes', '€'.repeat(85)],
    ['four bytes', `${'🔒'.repeat(63)}abc`],
  ])(
    'of the longest name, in characters of %s, has a shorter one of whole characters',
    async (_, longest) => {
      const sandbox = makeSandbox();
      const file = basename(temporaryPath(sandbox.folder, longest, tools));
      put(sandbox, file, OLD);
      expect(sandbox.list()).toEqual([file]);
      expect(longest.startsWith(file.slice(1, file.indexOf('.ocspbot-')))).toBe(true);
      expect(await clean(sandbox)).toEqual([]);
    },
  );

  it('replaces a file of the longest name', async () => {
    const sandbox = makeSandbox();
    const longest = 'ä'.repeat(127);
    await replaceFile(join(sandbox.folder, longest), 'new', tools);
    expect(sandbox.list()).toEqual([longest]);
  });
});

describe('cleaning', () => {
  it('touches no other name', async () => {
    const sandbox = makeSandbox();
    const pid = await deadPid();
    const names = [
      'a.ocsp',
      'a.ocsp-20260101-000000',
      name(here, pid).slice(1),
      `${name(here, pid)}x`,
      name(here, pid).replace('.tmp', '.TMP'),
      name(here, pid).replace('ocspbot', 'ocspbox'),
      name(here, pid).replace('abcdef', 'ABCDEF'),
      name(here, pid).replace('0123', '012'),
      name(here.slice(1), pid),
      name(here, 0),
      '.ocspbot-12345678-1-0123456789abcdef.tmp',
    ];
    for (const file of names) put(sandbox, file, OLD);
    expect(await clean(sandbox)).toEqual(names.toSorted());
  });

  it('removes neither links nor folders', async () => {
    const sandbox = makeSandbox();
    const pid = await deadPid();
    sandbox.write('precious', 'x');
    symlinkSync('precious', sandbox.path(name(here, pid)));
    mkdirSync(sandbox.path(name(here, pid).replace('a.ocsp', 'b.ocsp')));
    expect(await clean(sandbox)).toHaveLength(3);
  });

  it('removes files of others only for root, who gave them away', async (context) => {
    requireRoot(context);
    const sandbox = makeSandbox();
    put(sandbox, name(here, await deadPid()), OLD);
    chownSync(sandbox.path(sandbox.list()[0] ?? ''), 1234, 1234);
    expect(await clean(sandbox, { files: { ...tools.files, user: 5678 } })).toHaveLength(1);
    expect(await clean(sandbox)).toHaveLength(0);
  });

  it('goes on when a file cannot be removed', async () => {
    const sandbox = makeSandbox();
    put(sandbox, name(here, await deadPid()), OLD);
    const files = { ...tools.files, remove: () => Promise.reject(new Error('no')) };
    expect(await clean(sandbox, { files })).toHaveLength(1);
  });
});
