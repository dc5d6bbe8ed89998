/**
 * Builds dist/ocspbot.js: one file that needs nothing but Node.js, and can be copied anywhere under any name. It has two
 * parts: the program, and `latePackages`, a function that returns the packages that few runs need. Node.js reads both. The
 * installed command, src/start.ts, reads the second part when it is first called.
 */
import { writeFileSync } from 'node:fs';
import { decode, encode } from '@jridgewell/sourcemap-codec';
import { build } from 'esbuild';
import { lastLine, linesOf } from './parts.mjs';

const LATE = ['asn1js', 'execa', 'luxon', 'pkijs', /^undici\//];

/** Callers know this status; they take Node's own, 1, for a program that did not run. */
const refusal = (oldest) => `if (!require) {
  console.error('error: ocspbot needs Node.js ${oldest} or newer, and this is ' + process.version);
  process.exit(70);
}`;

/*
 * The program is CommonJS in effect, but without a word that only CommonJS has. So the file can be copied anywhere, under
 * any name, and Node reads it once and finds its own modules quicker than by `import`. `node --enable-source-maps` shows
 * the lines of the sources in stack traces.
 */
const part = {
  format: 'cjs',
  // src/start.ts runs the program as a script, in which Node has no import(): modules of Node come by require.
  supported: { 'dynamic-import': false },
  // Names stay, for whoever reads a stack trace.
  minifySyntax: true,
  minifyWhitespace: true,
  // V8 reads a file of Latin 1 twice as quickly as any other.
  charset: 'ascii',
  // Node prints the line of a fault: a line must not be half of the program.
  lineLimit: 160,
  sourcemap: 'external',
  sourcesContent: false,
  write: false,
  outfile: 'dist/ocspbot.js',
};

/** Writes the program, its source map and its notices, and returns the metafiles of esbuild. */
export async function buildProgram(common, engines) {
  const late = new Set();
  const program = await build({
    ...common,
    ...part,
    entryPoints: ['src/main.ts'],
    plugins: [lateIn(late)],
    banner: { js: `(require => { 'use strict'; ${refusal(engines.node.replace('>=', ''))}` },
    footer: { js: '})(process.getBuiltinModule);' },
  });
  const packages = await buildPackages(common, [...late].toSorted());
  write([program, packages].map(({ outputFiles }) => outputFiles));
  return [program.metafile, packages.metafile];
}

/** Takes the late packages out of the program, and notes them. */
const lateIn = (late) => ({
  name: 'late-packages',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path }) => {
      const isLate = LATE.some((one) => (typeof one === 'string' ? one === path : one.test(path)));
      if (isLate) late.add(path);
      return isLate ? { path, namespace: 'late' } : undefined;
    });
    onResolve({ filter: /^late$/ }, () => ({ path: 'all', namespace: 'late' }));
    onLoad({ filter: /./, namespace: 'late' }, ({ path }) => ({
      contents:
        path === 'all'
          ? 'module.exports = latePackages(require)'
          : `module.exports = require('late')[${JSON.stringify(path)}]()`,
      resolveDir: '.',
    }));
  },
});

async function buildPackages(common, paths) {
  const loaders = paths.map((path) => `${JSON.stringify(path)}: () => require(${JSON.stringify(path)})`);
  return await build({
    ...common,
    ...part,
    stdin: { contents: `module.exports = { ${loaders.join(', ')} }`, resolveDir: 'src' },
    // We ask undici for HTTP/1.1 only. Node takes as long to load HTTP/2 as undici itself.
    alias: { 'node:http2': './src/system/http/no-http2.ts' },
    banner: { js: "function latePackages(require) { 'use strict'; const module = {};" },
    footer: { js: 'return module.exports; }' },
  });
}

/** Writes both parts into one file, with one source map. */
function write(parts) {
  const [program, text] = parts.map((files) => fileOf(files, '.js').text);
  const packages = `${text}//# sourceMappingURL=ocspbot.js.map\n`;
  const maps = parts.map((files) => JSON.parse(fileOf(files, '.map').text));
  writeFileSync('dist/ocspbot.js', `${program}${packages}${lastLine(program, packages)}`, { mode: 0o755 });
  writeFileSync('dist/ocspbot.js.map', JSON.stringify(joined(maps, linesOf(program))));
  const notices = parts.map((files) => fileOf(files, '.LEGAL.txt')?.text ?? '');
  writeFileSync('dist/ocspbot.js.LEGAL.txt', notices.join(''));
}

/** Joins two source maps. Node.js reads no index map for its stack traces. */
function joined([first, second], lines) {
  const own = decode(first.mappings).slice(0, lines);
  const between = Array.from({ length: lines - own.length }, () => []);
  const shift = ([column, source, line, place, name]) => {
    if (source === undefined) return [column];
    const known = [column, source + first.sources.length, line, place];
    return name === undefined ? known : [...known, name + first.names.length];
  };
  return {
    version: 3,
    sources: [...first.sources, ...second.sources],
    names: [...first.names, ...second.names],
    mappings: encode([...own, ...between, ...decode(second.mappings).map((line) => line.map(shift))]),
  };
}

const fileOf = (files, ending) => files.find(({ path }) => path.endsWith(ending));
