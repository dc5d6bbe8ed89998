import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test, type TestContext } from 'vitest';
import { manualFiles } from '../../src/manual/files.js';
import { requireProgram } from '../support/require.js';
import { ONE_FILE } from '../support/run.js';
import { makeSandbox } from '../support/sandbox.js';

const ROOT = join(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const VERSION = `ocspbot ${version}`;

test('the program alone, under any name, and in a folder that says what .js is', async () => {
  const sandbox = makeSandbox();
  const program = readFileSync(ONE_FILE);
  sandbox.write('module/package.json', '{ "type": "module" }');
  for (const name of ['bin/ocspbot', 'alone/ocspbot.js', 'module/program.js']) {
    const path = sandbox.write(name, program, 0o755);
    expect(await execa(path, ['--version'])).toMatchObject({ stdout: VERSION, stderr: '' });
  }
  expect(statSync(ONE_FILE).size).toBeLessThan(2.25 * 2 ** 20);
  // one character that is not of Latin 1 doubles what Node has to read
  expect(program.every((octet) => octet < 0x80)).toBe(true);
});

test('a Node that is too old is told so, and not by a status that means a reload', async () => {
  const sandbox = makeSandbox();
  // Node got it with the versions that are needed.
  const old = sandbox.write('old.cjs', 'delete process.getBuiltinModule;');
  const program = await execa(process.execPath, ['--require', old, ONE_FILE, '--version'], { reject: false });
  expect(program).toMatchObject({ exitCode: 70, stdout: '' });
  expect(program.stderr).toMatch(/^error: ocspbot needs Node\.js [\d.]+ or newer, and this is v[\d.]+$/);
});

test.each([
  ['a module of Node that is not there', "throw new Error('no crypto')", '/crypto$/'],
  [
    'a stream that cannot be opened',
    "Object.defineProperty(process, 'stdout', { get: () => null.x })",
    '/fs$/',
  ],
])('a fault while it is loaded has the status of one: %s', async (_, fault, module) => {
  const sandbox = makeSandbox();
  const broken = sandbox.write(
    'broken.cjs',
    `const get = process.getBuiltinModule; process.getBuiltinModule = (name) => { if (${module}.test(name)) ${fault}; return get(name); };`,
  );
  const args = ['--require', broken, ONE_FILE, '--version'];
  const program = await execa(process.execPath, args, { reject: false });
  expect(program).toMatchObject({ exitCode: 70, stdout: '' });
  expect(program.stderr).toMatch(/^error: \w*Error: /);
});

const DIST = [
  ...['ocspbot.js', 'ocspbot.js.map', 'ocspbot.js.LEGAL.txt', 'package.json', 'LICENSES.txt', 'sbom.json'],
  ...[
    'bin/ocspbot.js',
    'bin/ocspbot.code',
    'bin/packages.code',
    'library/index.js',
    'library/index.js.LEGAL.txt',
  ],
  'library/package.json',
];
const DOCUMENTS = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json'];

/** All files below a folder of the project. */
function filesBelow(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(ROOT.length + 1));
}

test('the package has exactly the program, its documents and its examples', async () => {
  const { stdout } = await execa('npm', ['pack', '--ignore-scripts', '--dry-run', '--json'], { cwd: ROOT });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string; mode: number }[] }];
  const generated = /^dist\/(?:library\/types\/.*\.d\.ts|(?:man|completions|schemas)\/[\w.-]+)$/;
  const examples = filesBelow('examples').filter((path) => !path.startsWith('examples/demo/'));
  const expected = [...DIST.map((name) => `dist/${name}`), ...DOCUMENTS, ...filesBelow('docs'), ...examples];
  const paths = files.map(({ path }) => path).filter((path) => !generated.test(path));
  expect(paths.toSorted()).toEqual(expected.toSorted());
  const isExecutable = (mode: number) => (mode & 0o111) !== 0;
  for (const { path, mode } of files)
    expect([path, isExecutable(mode)]).toEqual([path, isExecutable(statSync(join(ROOT, path)).mode)]);
});

test('the package is installed without a network, and without other packages', async (context) => {
  const sandbox = makeSandbox();
  const cwd = sandbox.folder;
  await execa('npm', ['pack', '--ignore-scripts', '--pack-destination', cwd], { cwd: ROOT });
  const tarball = sandbox.list().find((name) => name.endsWith('.tgz')) ?? '';
  sandbox.write('package.json', '{ "type": "module" }');
  await execa('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd });
  expect(sandbox.list('node_modules').filter((name) => !name.startsWith('.'))).toEqual(['ocspbot']);
  const program = await execa(join(cwd, 'node_modules', '.bin', 'ocspbot'), ['--version']);
  expect(program).toMatchObject({ stdout: VERSION, stderr: '' });
  sandbox.write('use.js', "import { DEFAULTS } from 'ocspbot'; console.log(DEFAULTS.parallel > 0);");
  expect(await execa(process.execPath, ['use.js'], { cwd })).toMatchObject({ stdout: 'true', stderr: '' });
  await expectManual(cwd, tarball, context);
});

/** Installs the package as README.md does, globally, and looks for the manual, the completions and the schemas. */
async function expectManual(cwd: string, tarball: string, context: TestContext): Promise<void> {
  const prefix = join(cwd, 'prefix');
  const options = ['--offline', '--no-audit', '--no-fund', '--prefix', prefix];
  await execa('npm', ['install', '--global', ...options, tarball], { cwd });
  const dist = join(prefix, 'lib/node_modules/ocspbot/dist');
  for (const path of Object.keys(manualFiles()))
    expect(statSync(join(dist, path)).size, path).toBeGreaterThan(100);
  const man = requireProgram('man', 'man-db', context);
  const env = { MANPATH: join(prefix, 'share/man') };
  const { stdout } = await execa(man, ['--where', 'ocspbot', 'ocspbot.yaml'], { env });
  const pages = ['ocspbot.1', 'ocspbot.yaml.5'].map((page) => join(dist, 'man', page));
  expect(stdout.split('\n').map((path) => realpathSync(path))).toEqual(
    pages.map((path) => realpathSync(path)),
  );
}
