/**
 * Builds dist/: the program, the library, the manual, and the command, which starts the program from what V8 has compiled of it
 * already. Each is one file that needs nothing but Node.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { appendFile, chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { build } from 'esbuild';
import { describeBundled } from './packaging/bundled.mjs';

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

/** Callers know this status; they take Node's own, 1, for a program that did not run. */
const REFUSAL = `if (!require) {
  console.error('error: ocspbot needs Node.js ${engines.node.replace('>=', '')} or newer, and this is ' + process.version);
  process.exit(70);
}`;

/** Packages that few runs need, and that do not come as CommonJS. */
const LATE = ['asn1js', 'execa', 'pkijs'];
const lateMetafiles = [];

/**
 * Makes a CommonJS module of each late package, which becomes one function of the program. The functions of an ES module
 * would be functions of the program themselves, and each start would make them.
 */
const latePackages = {
  name: 'late-packages',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(${LATE.join('|')})$`) }, ({ path }) => ({ path, namespace: 'late' }));
    onLoad({ filter: /./, namespace: 'late' }, async ({ path }) => {
      const contents = `export * from '${path}'`;
      const { outputFiles, metafile } = await build({
        ...common,
        stdin: { contents, resolveDir: 'src' },
        external: LATE.filter((other) => other !== path),
        format: 'cjs',
        sourcemap: 'inline',
        sourcesContent: false,
        legalComments: 'inline',
        outfile: `dist/${path}.js`,
        write: false,
      });
      lateMetafiles.push(metafile);
      return { contents: outputFiles[0].text, resolveDir: 'src' };
    });
  },
};

/*
 * The program is CommonJS in effect, but without a word that only CommonJS has. So the file can be copied anywhere, under
 * any name, and Node reads it once and finds its own modules quicker than by `import`. `node --enable-source-maps` shows
 * the lines of the sources in stack traces.
 */
const program = await build({
  ...common,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/ocspbot.js',
  plugins: [latePackages],
  format: 'cjs',
  // src/start.ts runs the program as a script, in which Node has no import(): modules of Node come by require.
  supported: { 'dynamic-import': false },
  // We ask undici for HTTP/1.1 only. Node takes as long to load HTTP/2 as undici itself.
  alias: { 'node:http2': './src/system/http/no-http2.ts' },
  // Names stay, for whoever reads a stack trace.
  minifySyntax: true,
  minifyWhitespace: true,
  // V8 reads a file of Latin 1 twice as quickly as any other.
  charset: 'ascii',
  sourcemap: 'linked',
  sourcesContent: false,
  // Node prints the line of a fault: a line must not be half of the program.
  lineLimit: 160,
  banner: { js: `(require => { 'use strict'; ${REFUSAL}` },
  footer: { js: '})(process.getBuiltinModule);' },
});
await nameBuild('dist/ocspbot.js');
await writeFile('dist/package.json', '{ "type": "commonjs" }\n');
await chmod('dist/ocspbot.js', 0o755);

await mkdir('dist/bin', { recursive: true });
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

describeBundled([program, command, library].map(({ metafile }) => metafile).concat(lateMetafiles), 'dist');

await writeManual();

/** Written as people write it: V8 compiles only the functions that this needs. */
const QUIET_CONFIGURATION = `# nothing is due
ocsp_folder: .
minimum_validity: 1d 12h
minimum_validity_percentage: 10
make_backups: False
parallel_threads: 1

domains:
  a.example:
    cert: cert.pem
    chain: chain.pem
    rootchain: chain.pem
    ocsp: staple.der
    ocsp_responder_uri: "http://ocsp.example"
`;

runAndKeepCode(resolve('dist/ocspbot.js'), resolve('dist/bin/ocspbot.code'));

/** Adds a last line that tells the program from any other, so that src/start.ts need not read all of it to do so. */
async function nameBuild(path) {
  const text = await readFile(path);
  await appendFile(path, `// build ${createHash('sha256').update(text).digest('hex')}\n`);
}

function lastLine(text) {
  return text.slice(text.lastIndexOf('\n', text.length - 2) + 1);
}

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

/**
 * Runs the program as it is run most often, with nothing due, and writes what V8 has compiled of it at its end, as
 * src/start.ts reads it. The program ends this process, with its own status.
 */
function runAndKeepCode(program, codePath) {
  const folder = mkdtempSync(join(tmpdir(), 'ocspbot-build-'));
  const now = Date.parse(writeQuietRun(folder));
  const run = [program, 'ocspbot.yaml'];
  // Most runs find the state of an earlier one. With --now they would need code that other runs do not.
  const clock = join(folder, 'clock.cjs');
  writeFileSync(clock, `Date.now = () => ${now};\n`);
  execFileSync(process.execPath, ['--require', clock, ...run], { cwd: folder });
  Date.now = () => now;
  process.argv = [process.execPath, ...run];
  process.stdout.write = (_text, done) => setImmediate(done);
  process.chdir(folder);
  const text = readFileSync(program, 'latin1');
  const script = new Script(text, { filename: program });
  process.on('exit', () => {
    const code = script.createCachedData();
    const digest = createHash('sha256').update(lastLine(text)).update(code).digest();
    writeFileSync(codePath, Buffer.concat([digest, code]));
    rmSync(folder, { recursive: true });
  });
  script.runInThisContext();
}

/** A certificate of the fixtures with a staple that is fresh at the time returned. */
function writeQuietRun(folder) {
  const fixture = (path) => readFileSync(new URL(`fixtures/${path}`, import.meta.url));
  const { now, root, responses } = JSON.parse(fixture('responses.json'));
  const { certificate, issuer, file } = responses.find(({ name }) => name === 'good-by-key');
  const write = (name, ...contents) => writeFileSync(join(folder, name), Buffer.concat(contents));
  write('cert.pem', fixture(certificate));
  write('chain.pem', fixture(issuer), fixture(root));
  write('staple.der', fixture(file));
  write('ocspbot.yaml', Buffer.from(QUIET_CONFIGURATION));
  return now;
}
