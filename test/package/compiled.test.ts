import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { makeSandbox } from '../support/sandbox.js';

const DIST = join(import.meta.dirname, '../../dist');
const DIGEST_LENGTH = 32;

const start = (program: string) => execa(process.execPath, [program, '--version'], { reject: false });

/** A folder with some files of dist/. */
function furnish(...names: readonly string[]) {
  const sandbox = makeSandbox();
  sandbox.write('bin/.keep', '');
  for (const name of names) copyFileSync(join(DIST, name), sandbox.path(name));
  return sandbox;
}

test('what the build has compiled is what this Node takes', async () => {
  const look = `
    const { readFileSync } = require('node:fs');
    const cachedData = readFileSync('bin/ocspbot.code').subarray(${DIGEST_LENGTH});
    const script = new (require('node:vm').Script)(readFileSync('ocspbot.js', 'latin1'), { cachedData });
    console.log(script.cachedDataRejected);
  `;
  expect(await execa(process.execPath, ['-e', look], { cwd: DIST })).toMatchObject({ stdout: 'false' });
});

describe('the command', () => {
  test('works without the code', async () => {
    const sandbox = furnish('package.json', 'ocspbot.js', 'bin/ocspbot.js');
    const { exitCode, stdout, stderr } = await start(sandbox.path('bin/ocspbot.js'));
    expect([exitCode, stdout, stderr]).toEqual([0, expect.stringMatching(/^ocspbot \d/), '']);
  });

  test('without the program has the status of a fault, not one that means a reload', async () => {
    const sandbox = furnish('package.json', 'bin/ocspbot.js', 'bin/ocspbot.code');
    const { exitCode, stdout, stderr } = await start(sandbox.path('bin/ocspbot.js'));
    expect([exitCode, stdout]).toEqual([70, '']);
    expect(stderr).toMatch(
      /^error: Error: cannot read \S+ocspbot\.js, which this file only starts: copy dist\/ocspbot\.js of the package alone instead\n/,
    );
  });
});

describe('a program that was cut off, as by a full disk', () => {
  const whole = readFileSync(join(DIST, 'ocspbot.js'));
  // Text after the last statement, like the name of the source map, would not be missed.
  const lastPage = Math.floor((whole.length - 256) / 4096) * 4096;
  const sizes = [4096, 65_536, 524_288, lastPage];

  function cut(size: number) {
    const sandbox = makeSandbox();
    for (const name of ['package.json', 'bin/ocspbot.js', 'bin/ocspbot.code'])
      sandbox.write(name, readFileSync(join(DIST, name)));
    return [sandbox.write('ocspbot.js', whole.subarray(0, size)), sandbox.path('bin/ocspbot.js')] as const;
  }

  test.each(sizes)('to %i octets ends with a status that is none of a run', async (size) => {
    const [oneFile, command] = cut(size);
    expect(await start(oneFile)).toMatchObject({ exitCode: 1, stdout: '' });
    expect(await start(command)).toMatchObject({ exitCode: 70, stdout: '' });
  });

  test('to nothing is told by the command, which stays', async () => {
    const [, command] = cut(0);
    const { exitCode, stdout, stderr } = await start(command);
    expect([exitCode, stdout]).toEqual([70, '']);
    expect(stderr).toMatch(/^error: Error: \S+ocspbot\.js is empty: install the package again\n/);
  });
});

describe('a program beside the command', () => {
  const ONE = 'console.log(1)\n// build 1\n';
  const TWO = 'console.log(2)\n// build 2\n';

  const codeOf = (program: string): Buffer => {
    const script = new Script(program);
    return script.createCachedData();
  };

  /**
   * Returns the output of ONE with the code cache of TWO next to it: V8 accepts it, because both have the same length.
   */
  async function printed(code: Uint8Array, digestOf: readonly string[]): Promise<string> {
    const sandbox = furnish('package.json', 'bin/ocspbot.js');
    const [, build = ''] = /\n(.*\n)$/.exec(digestOf[0] ?? '') ?? [];
    const digest = createHash('sha256').update(build);
    sandbox.write('ocspbot.js', ONE);
    sandbox.write(
      'bin/ocspbot.code',
      Buffer.concat([digest.update(codeOf(digestOf[1] ?? '')).digest(), code]),
    );
    const { stdout } = await start(sandbox.path('bin/ocspbot.js'));
    return stdout;
  }

  test('runs by the code that was made with it', async () => {
    expect(await printed(codeOf(TWO), [ONE, TWO])).toBe('2');
  });

  test.each([
    ['of another program', codeOf(TWO), [TWO, TWO]],
    ['that is damaged', codeOf(TWO).fill(0x5a, 200, 300), [ONE, TWO]],
    ['that is empty', Buffer.alloc(0), [ONE, TWO]],
  ])('does not run by code %s', async (_, code, digestOf) => {
    expect(await printed(code, digestOf)).toBe('1');
  });
});
