// Builds dist/: the program and the library, each one file that needs nothing but Node; and the command, which starts the
// program from what V8 has compiled of it already.
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { compile } from './build/compiled.mjs';
import { late } from './build/late.mjs';

const { version, engines } = JSON.parse(await readFile('package.json', 'utf8'));

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  define: { OCSPBOT_VERSION: JSON.stringify(version), OCSPBOT_BUILT: String(Date.now()) },
  // its ES modules, of which only what is used is taken; what its package names for Node is CommonJS
  alias: { yaml: './node_modules/yaml/browser/dist/index.js' },
  plugins: [late],
  legalComments: 'linked',
};

/** Callers know this status; they take Node's own, 1, for a program that did not run. */
const REFUSAL = `if (!require) {
  console.error('error: ocspbot needs Node.js ${engines.node.replace('>=', '')} or newer, and this is ' + process.version);
  process.exit(70);
}`;

/*
 * CommonJS in effect, but without a word that only CommonJS has: so the file can also be copied anywhere, under any name,
 * and Node reads it once and finds its own modules quicker than by `import`. `node --enable-source-maps` gives stack
 * traces their names back.
 */
await build({
  ...common,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/ocspbot.js',
  format: 'cjs',
  // names stay, for whoever reads a stack trace
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: 'linked',
  sourcesContent: false,
  // where Node shows the line of a fault, it is not half of the program
  lineLimit: 160,
  banner: { js: `(require => { 'use strict'; ${REFUSAL}` },
  footer: { js: '})(process.getBuiltinModule);' },
});
await writeFile('dist/package.json', '{ "type": "commonjs" }\n');
await chmod('dist/ocspbot.js', 0o755);

await mkdir('dist/bin', { recursive: true });
const digest = compile('dist/ocspbot.js', 'dist/bin/ocspbot.code');
await build({
  ...common,
  entryPoints: ['src/start.ts'],
  outfile: 'dist/bin/ocspbot.js',
  format: 'cjs',
  define: { OCSPBOT_COMPILED: JSON.stringify(digest) },
});
await chmod('dist/bin/ocspbot.js', 0o755);

await build({ ...common, entryPoints: ['src/index.ts'], outfile: 'dist/library/index.js', format: 'esm' });
await writeFile('dist/library/package.json', '{ "type": "module" }\n');
