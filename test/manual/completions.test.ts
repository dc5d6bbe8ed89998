import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test, type TestContext } from 'vitest';
import { COMMAND_WORDS } from '../../src/manual/words.js';
import { requireProgram } from '../support/require.js';
import { PROGRAM } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

const COMPLETIONS = join(import.meta.dirname, '../../dist/completions');

/** Words that have one completion, and what it is. The last word is not finished. */
const UNIQUE: readonly (readonly [words: readonly string[], completed: string])[] = [
  [['va'], 'validate'],
  [['help', 'l'], 'live'],
  [['my'], 'my.yaml'],
  [['validate', 'my'], 'my.yaml'],
  [['explain', 'a.'], 'a.example'],
  [['rollback', 'b'], 'b.example'],
  [['--only', 'b'], 'b.example'],
  [['owe', 'ng'], 'nginx'],
  [['owe', 'nginx', 'ex'], 'exim4'],
  [['explain', '--config', 'my'], 'my.yaml'],
  [['explain', '--config', 'other.conf', 'c'], 'c.example'],
  [['explain', '--config=other.conf', 'c'], 'c.example'],
  [['owe', '--config=other.conf', 'ap'], 'apache2'],
  [['verify', 'sta'], 'staple.der'],
  [['verify', 'staple.der', '--issuer', 'sta'], 'staple.der'],
  [['live', '--starttls', ''], 'smtp'],
];

/** Words whose last one begins an option, in a shell that tells only what is left of a single offer. */
const OPTIONS_IN_ZSH: readonly (readonly [words: readonly string[], completed: string])[] = [
  [['verify', '--is'], '--issuer='],
  [['refresh', '--spl'], '--splay='],
  [['rollback', '--li'], '--list'],
];

function makeFolder(): Sandbox {
  const sandbox = makeSandbox();
  const entries = ['a', 'b'].map((name) => `  ${name}.example: {cert: ${name}.pem, ocsp: ${name}}\n`);
  for (const name of ['ocspbot.yaml', 'my.yaml'])
    sandbox.write(name, `services: {nginx: {}, exim4: {}}\ndomains:\n${entries.join('')}`);
  sandbox.write('other.conf', 'services: {apache2: {}}\ndomains: {c.example: {cert: c.pem, ocsp: c}}\n');
  sandbox.write('staple.der', '');
  mkdirSync(sandbox.path('programs'));
  chmodSync(PROGRAM, 0o755);
  symlinkSync(PROGRAM, sandbox.path('programs/ocspbot'));
  return sandbox;
}

/** Returns what a shell offers for the last word of each line. It starts once for all lines. */
type Complete = (lines: readonly (readonly string[])[], context: TestContext) => Promise<string[][]>;

async function runShell(program: string, args: readonly string[]): Promise<string[][]> {
  const sandbox = makeFolder();
  const env = {
    PATH: `${sandbox.path('programs')}:${process.env['PATH']}`,
    HOME: sandbox.folder,
    TERM: 'dumb',
  };
  const { stdout } = await execa(program, args, {
    cwd: sandbox.folder,
    env,
    extendEnv: false,
    stripFinalNewline: false,
  });
  const offered = stdout.split('---\n').slice(0, -1);
  return offered.map((offers) => offers.split('\n').filter((line) => line !== ''));
}

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' ');

const inBash: Complete = (lines, context) => {
  const bash = requireProgram('bash', 'bash', context);
  // bash splits --option=value at the sign.
  const cases = lines
    .map((words) => words.flatMap((word) => word.split(/(=)/)))
    .map((words) => `COMP_WORDS=(ocspbot ${quoted(words)}); COMP_CWORD=${words.length}; _ocspbot; report`);
  const report = `report() { printf '%s\\n' "\${COMPREPLY[@]}"; echo ---; }`;
  const script = [`source '${COMPLETIONS}/ocspbot.bash'`, report, ...cases].join('\n');
  return runShell(bash, ['--norc', '-c', script]);
};

const inFish: Complete = async (lines, context) => {
  const fish = requireProgram('fish', 'fish', context);
  const cases = lines.map((words) => `complete -C 'ocspbot ${words.join(' ')}'; echo ---`);
  const offers = await runShell(fish, ['-c', [`source '${COMPLETIONS}/ocspbot.fish'`, ...cases].join('\n')]);
  return offers.map((one) => one.map((line) => line.split('\t')[0] ?? ''));
};

/** Each offer is the whole line that zsh makes. */
const inZsh: Complete = (lines, context) => {
  const zsh = requireProgram('zsh', 'zsh', context);
  const script = join(import.meta.dirname, 'support/complete.zsh');
  return runShell(zsh, ['-f', script, COMPLETIONS, ...lines.map((words) => `ocspbot ${words.join(' ')}`)]);
};

describe.each([
  ['bash', inBash],
  ['fish', inFish],
])('%s', (_, complete) => {
  test('completes words that have one completion', async (context) => {
    const offered = await complete(
      UNIQUE.map(([words]) => words),
      context,
    );
    for (const [index, [words, completed]] of UNIQUE.entries())
      expect(offered[index], words.join(' ')).toEqual([completed]);
  });

  test('offers all commands, and all options of each', async (context) => {
    const lines = [[''], ...COMMAND_WORDS.map(({ name }) => [name, '--'])];
    const [commands, ...offered] = await complete(lines, context);
    expect(commands).toEqual(expect.arrayContaining(COMMAND_WORDS.map(({ name }) => name)));
    for (const [index, { name, options }] of COMMAND_WORDS.entries())
      expect(offered[index]?.toSorted(), name).toEqual(options.map((one) => `--${one.name}`).toSorted());
  });

  test('offers all services of a configuration', async (context) => {
    const [offered = []] = await complete([['owe', 'my.yaml', '']], context);
    expect(offered).toEqual(expect.arrayContaining(['nginx', 'exim4', 'ocspbot.yaml']));
  });
});

test('zsh completes words and options that have one completion', async (context) => {
  const cases = [...UNIQUE, ...OPTIONS_IN_ZSH];
  const made = await inZsh(
    cases.map(([words]) => words),
    context,
  );
  for (const [index, [words, completed]] of cases.entries()) {
    const expected = ['ocspbot', ...words.slice(0, -1), completed].join(' ');
    expect(made[index]?.map((line) => line.trim())).toEqual([expected]);
  }
});
