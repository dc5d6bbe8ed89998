import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeAuthority } from '../support/ca.js';
import { startResponder } from '../support/responder.js';
import { makeSandbox } from '../support/sandbox.js';

const DIST = join(import.meta.dirname, '../../dist');

const start = (program: string) => execa(process.execPath, [program, '--version'], { reject: false });

/** A folder with some files of dist/. */
function furnish(...names: readonly string[]) {
  const sandbox = makeSandbox();
  sandbox.write('bin/.keep', '');
  for (const name of names) copyFileSync(join(DIST, name), sandbox.path(name));
  return sandbox;
}

/** Makes each script tell whether V8 refused its code. Node.js loads this before the program. */
const TELL = `
const vm = require('node:vm');
const { Script } = vm;
vm.Script = class extends Script {
  constructor(...args) {
    super(...args);
    require('node:fs').writeSync(2, 'refused: ' + this.cachedDataRejected + '\\n');
  }
};
`;

/** Starts a command for a certificate without a staple. The module is loaded before the program. */
async function prepareRun(command: string, module: string) {
  const authority = makeAuthority({ key: 'p-256', name: 'Compiled' });
  const responder = await startResponder({ issuers: [authority.intermediate] });
  onTestFinished(() => responder.close());
  const certificate = authority.issue({ subject: 'compiled.example', ocspUrls: [responder.url] });
  const sandbox = makeSandbox();
  sandbox.write('module.cjs', module);
  sandbox.write('chain.pem', authority.intermediate.pem);
  sandbox.write('cert.pem', certificate.pem);
  sandbox.write(
    'ocspbot.yaml',
    'ocsp_folder: .\ndomains: { compiled.example: { cert: cert.pem, chain: chain.pem, ocsp: staple.ocsp } }',
  );
  const args = ['--require', './module.cjs', command, 'ocspbot.yaml'];
  return () => execa(process.execPath, args, { cwd: sandbox.folder, reject: false });
}

test('this Node takes what the build has compiled: of the packages in a refresh, then of the program alone', async () => {
  const run = await prepareRun(join(DIST, 'bin/ocspbot.js'), TELL);
  expect(await run()).toMatchObject({ exitCode: 2, stderr: 'refused: false\nrefused: false' });
  expect(await run()).toMatchObject({ exitCode: 0, stderr: 'refused: false' });
});

test('a run that has collected garbage takes the compiled packages, too', async () => {
  const much = 'globalThis.much = Array.from({ length: 1_000_000 }, (_, index) => ({ index }));';
  const run = await prepareRun(join(DIST, 'bin/ocspbot.js'), TELL + much);
  expect(await run()).toMatchObject({ exitCode: 2, stderr: 'refused: false\nrefused: false' });
});

test('an upgrade during a run does not mix two versions', async () => {
  const sandbox = furnish('package.json', 'ocspbot.js', 'bin/ocspbot.js');
  const program = sandbox.path('ocspbot.js');
  const upgrade = `
    const { rmSync, writeFileSync } = require('node:fs');
    process.nextTick(() => { rmSync('${program}'); writeFileSync('${program}', 'another version'); });
  `;
  const run = await prepareRun(sandbox.path('bin/ocspbot.js'), upgrade);
  expect(await run()).toMatchObject({ exitCode: 2, stderr: '' });
  expect(readFileSync(program, 'utf8')).toBe('another version');
});

test('an upgrade that is written into the file of the running program ends its requests, and is told as that', async () => {
  const sandbox = furnish('package.json', 'ocspbot.js', 'bin/ocspbot.js');
  const program = sandbox.path('ocspbot.js');
  const upgrade = `process.nextTick(() => require('node:fs').writeFileSync('${program}', 'another version'));`;
  const run = await prepareRun(sandbox.path('bin/ocspbot.js'), upgrade);
  const { exitCode, stderr } = await run();
  expect(exitCode).toBe(32);
  expect(stderr).toMatch(
    /^error: compiled\.example: failed: \S+ocspbot\.js was overwritten during the run: run it again$/,
  );
});

describe('a stack trace from below the packages', () => {
  const map = new SourceMap(
    JSON.parse(readFileSync(join(DIST, 'ocspbot.js.map'), 'utf8')) as SourceMapPayload,
  );

  /** Tells on the way to the responder from where it is called. */
  const trace = `
    const { Socket } = require('node:net');
    const { write } = Socket.prototype;
    Socket.prototype.write = function (...args) {
      require('node:fs').writeSync(2, new Error('on the way').stack + '\\n');
      return write.apply(this, args);
    };
  `;

  /** Returns the sources of the places in the program, by the source map. */
  function sourcesOf(stack: string): (string | undefined)[] {
    return [...stack.matchAll(/\/ocspbot\.js:(\d+):(\d+)/g)].map(([, line, column]) => {
      const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
      return 'originalSource' in entry ? entry.originalSource : undefined;
    });
  }

  test('shows the lines of the sources if Node.js reads the source map', async () => {
    const run = await prepareRun(join(DIST, 'ocspbot.js'), `process.setSourceMapsEnabled(true);${trace}`);
    const { stderr } = await run();
    expect(stderr).toMatch(/\/src\/system\/http\/wire\.ts:\d+/);
    expect(stderr).toMatch(/\/undici\/lib\/dispatcher\/client-h1\.js:\d+/);
  });

  test.each([
    ['the program alone', 'ocspbot.js', []],
    ['the command', 'bin/ocspbot.js', ['bin/ocspbot.code', 'bin/packages.code']],
    ['the command without the code', 'bin/ocspbot.js', []],
  ])('shows the lines of the program otherwise: %s', async (_, program, code) => {
    const sandbox = furnish('package.json', 'ocspbot.js', 'bin/ocspbot.js', ...code);
    const run = await prepareRun(sandbox.path(program), trace);
    const { stderr } = await run();
    expect(sourcesOf(stderr).slice(0, 2)).toEqual([
      '../src/system/http/wire.ts',
      '../node_modules/undici/lib/dispatcher/client-h1.js',
    ]);
  });
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

  test.each([0, 40, whole.length - 1])('to %i octets is told by the command, which stays', async (size) => {
    const [, command] = cut(size);
    const { exitCode, stdout, stderr } = await start(command);
    expect([exitCode, stdout]).toEqual([70, '']);
    expect(stderr).toMatch(/^error: Error: \S+ocspbot\.js is incomplete: install the package again\n/);
  });
});

describe('a program beside the command', () => {
  const lastLine = (digit: string): string => `// build ${digit.repeat(64)} 00000000 00000001\n`;
  const ONE = `console.log(1)\n${lastLine('1')}`;
  const TWO = `console.log(2)\n${lastLine('2')}`;

  /** The first part is all but the last line. */
  const codeOf = (program: string): Buffer => {
    const script = new Script(program.slice(0, program.indexOf('//')));
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
