// Builds dist/: the program as one file, and the library with its dependencies left outside.
import { chmod, readFile } from 'node:fs/promises';
import { build } from 'esbuild';

const { version } = JSON.parse(await readFile('package.json', 'utf8'));

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'warning',
  define: { OCSPBOT_VERSION: JSON.stringify(version), OCSPBOT_BUILT: String(Date.now()) },
};

await build({
  ...common,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/ocspbot.js',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'linked',
  // cross-spawn (of execa) is CommonJS and asks for Node's own modules by require
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
});
await build({ ...common, entryPoints: ['src/index.ts'], outfile: 'dist/index.js', packages: 'external' });
await chmod('dist/ocspbot.js', 0o755);
