/**
 * Builds dist/: the program, the library, the manual, and the command, which starts the program from what V8 has compiled of it
 * already. Each is one file that needs nothing but Node.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { describeBundled } from './packaging/bundled.mjs';
import { buildProgram } from './packaging/program.mjs';

const { version, engines } = JSON.parse(await readFile('package.json', 'utf8'));
/** Seconds: with it, the same sources make the same files (https://reproducible-builds.org/specs/source-date-epoch/). */
const { SOURCE_DATE_EPOCH } = process.env;
const built = SOURCE_DATE_EPOCH === undefined ? Date.now() : Number(SOURCE_DATE_EPOCH) * 1000;

rmSync('dist', { recursive: true, force: true });

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  define: { OCSPBOT_VERSION: JSON.stringify(version), OCSPBOT_BUILT: String(built) },
  legalComments: 'linked',
  metafile: true,
};

await mkdir('dist/bin', { recursive: true });
const program = await buildProgram(common, engines);
await writeFile('dist/package.json', '{ "type": "commonjs" }\n');

const command = await build({
  ...common,
  entryPoints: ['src/start.ts'],
  outfile: 'dist/bin/ocspbot.js',
  format: 'cjs',
});
await chmod('dist/bin/ocspbot.js', 0o755);

const library = await build({
  ...common,
  entryPoints: ['src/index.ts'],
  outfile: 'dist/library/index.js',
  format: 'esm',
  // Some packages are CommonJS, and look for the modules of Node in that way.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
});
await writeFile('dist/library/package.json', '{ "type": "module" }\n');

describeBundled([...program, command.metafile, library.metafile], 'dist');

await writeManual();

// Neither a proxy nor the options of Node.js may change what is compiled.
execFileSync(process.execPath, ['packaging/code-cache.mjs'], {
  env: { PATH: process.env.PATH, TMPDIR: tmpdir() },
  stdio: 'inherit',
});

/** Writes man pages, completions and JSON Schemas, which are made from the tables of the program. */
async function writeManual() {
  const outfile = resolve('node_modules/.cache/manual.mjs');
  await build({
    ...common,
    entryPoints: ['src/manual.ts'],
    outfile,
    format: 'esm',
    legalComments: 'none',
    packages: 'external',
  });
  const { manualFiles } = await import(pathToFileURL(outfile));
  for (const [path, text] of Object.entries(manualFiles())) {
    await mkdir(dirname(`dist/${path}`), { recursive: true });
    await writeFile(`dist/${path}`, text);
  }
}
