// Packages that most runs do without are kept in the program as text, which is compiled when something of them is used.
import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';

/** What of them is used stands in late/NAME.mjs. pkijs and asn1js are one: the former extends classes of the latter. */
const PARTS = { execa: 'execa', luxon: 'luxon', pkijs: 'pkijs', asn1js: 'pkijs' };

const isLate = new RegExp(`^(${Object.keys(PARTS).join('|')})$`);

export const late = {
  name: 'late',
  setup(builder) {
    builder.onResolve({ filter: isLate }, ({ path }) => ({ path: PARTS[path], namespace: 'late' }));
    builder.onLoad({ filter: /./, namespace: 'late' }, async ({ path: name }) => {
      const { href, pathname } = new URL(`late/${name}.mjs`, import.meta.url);
      const exported = Object.keys(await import(href));
      const { text, notices } = await bundle(pathname);
      return { contents: notices + lateModule(name, exported, text) };
    });
  },
};

/** A module whose exports compile the text on the first look at one of them. Stack traces call it by its name. */
function lateModule(name, exported, text) {
  return `
    const text = ${JSON.stringify(text)};
    let loaded;
    function load() {
      const { compileFunction } = process.getBuiltinModule('node:vm');
      const module = { exports: {} };
      const body = compileFunction(text, ['module', 'exports', 'require'], { filename: ${JSON.stringify(name)} });
      body(module, module.exports, process.getBuiltinModule);
      return module.exports;
    }
    for (const name of ${JSON.stringify(exported)})
      Object.defineProperty(exports, name, { enumerable: true, get: () => (loaded ??= load())[name] });
  `;
}

/** The notices of the authors are kept apart from the text, for the file that lists them all. */
async function bundle(entryPoint) {
  const { outputFiles } = await build({
    entryPoints: [entryPoint],
    outfile: 'late.js',
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minify: true,
    legalComments: 'external',
    plugins: [classesWithoutEffects],
  });
  const [text, notices] = ['.js', '.LEGAL.txt'].map(
    (ending) => outputFiles.find(({ path }) => path.endsWith(ending))?.text,
  );
  return { text, notices: notices ? `/*!\n${notices.replaceAll('*/', '')}\n*/` : '' };
}

/**
 * pkijs and asn1js give their classes names in static blocks, each of which esbuild must take for an effect. As static
 * fields they go with the classes that nobody uses, which is half of it all.
 */
const classesWithoutEffects = {
  name: 'classes without effects',
  setup(builder) {
    builder.onLoad({ filter: /\/(pkijs|asn1js)\/build\/index\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll(/\bstatic \{([^{}]*)\}/g, fieldsOf),
    }));
  },
};

function fieldsOf(block, body) {
  const statements = body.split(';').map((statement) => statement.trim());
  const isNames = statements.every((statement) => statement === '' || /^this\.\w+ = /.test(statement));
  return isNames ? statements.join(';').replaceAll('this.', 'static ') : block;
}
