import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test, type TestContext } from 'vitest';
import { COMMAND_WORDS } from '../../src/manual/words.js';
import { requireProgram } from '../support/require.js';
import { PROGRAM } from '../support/run.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

const COMPLETIONS = join(import.meta.dirname, '../../dist/completions');

/** What a shell offers for the last word of a command line; zsh tells the line that it makes of a single offer. */
type Complete = (words: readonly string[], sandbox: Sandbox, context: TestContext) => Promise<string[]>;

/** Words that have one completion, and what it is. The last word is not finished. */
const UNIQUE: readonly (readonly [words: readonly string[], completed: string])[] = [
  [['va'], 'validate'],
  [['help', 'l'], 'live'],
  [['my'], 'my.yaml'],
  [['validate', 'my'], 'my.yaml'],
  [['explain', 'a.'], 'a.example'],
  [['rollback', 'b'], 'b.example'],
  [['--only', 'b'], 'b.example'],
  [['explain', '--config', 'my'], 'my.yaml'],
  [['verify', 'sta'], 'staple.der'],
  [['verify', 'staple.der', '--issuer', 'sta'], 'staple.der'],
  [['live', '--starttls', ''], 'smtp'],
];

function makeFolder(): Sandbox {
  const sandbox = makeSandbox();
  const entries = ['a', 'b'].map((name) => `  ${name}.example: {cert: ${name}.pem, ocsp: ${name}}\n`);
  for (const name of ['ocspbot.yaml', 'my.yaml']) sandbox.write(name, `domains:\n${entries.join('')}`);
  sandbox.write('staple.der', '');
  mkdirSync(sandbox.path('programs'));
  chmodSync(PROGRAM, 0o755);
  symlinkSync(PROGRAM, sandbox.path('programs/ocspbot'));
  return sandbox;
}

async function runShell(program: string, args: readonly string[], sandbox: Sandbox): Promise<string[]> {
  const env = {
    PATH: `${sandbox.path('programs')}:${process.env['PATH']}`,
    HOME: sandbox.folder,
    TERM: 'dumb',
  };
  const { stdout } = await execa(program, args, { cwd: sandbox.folder, env, extendEnv: false });
  return stdout.split('\n').filter((line) => line !== '');
}

const BASH = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ocspbot; printf '%s\\n' "\${COMPREPLY[@]}"`;

const inBash: Complete = (words, sandbox, context) => {
  const bash = requireProgram('bash', 'bash', context);
  const args = ['--norc', '-c', BASH, 'bash', join(COMPLETIONS, 'ocspbot.bash'), 'ocspbot', ...words];
  return runShell(bash, args, sandbox);
};

const inFish: Complete = async (words, sandbox, context) => {
  const fish = requireProgram('fish', 'fish', context);
  const script = `source ${COMPLETIONS}/ocspbot.fish; complete -C 'ocspbot ${words.join(' ')}'`;
  const lines = await runShell(fish, ['-c', script], sandbox);
  return lines.map((line) => line.split('\t')[0] ?? '');
};

const inZsh: Complete = (words, sandbox, context) => {
  const zsh = requireProgram('zsh', 'zsh', context);
  const script = join(import.meta.dirname, 'support/complete.zsh');
  return runShell(zsh, ['-f', script, COMPLETIONS, `ocspbot ${words.join(' ')}`], sandbox);
};

describe.each([
  ['bash', inBash],
  ['fish', inFish],
])('%s', (_, complete) => {
  test.for(UNIQUE)('%j: %s', async ([words, completed], context) => {
    expect(await complete(words, makeFolder(), context)).toEqual([completed]);
  });

  test('offers all commands', async (context) => {
    const offered = await complete([''], makeFolder(), context);
    expect(offered).toEqual(expect.arrayContaining(COMMAND_WORDS.map(({ name }) => name)));
  });

  test.for(COMMAND_WORDS)('offers the options of $name', async ({ name, options }, context) => {
    const offered = await complete([name, '--'], makeFolder(), context);
    expect(offered.toSorted()).toEqual(options.map((option) => `--${option.name}`).toSorted());
  });
});

describe('zsh', () => {
  test.for(UNIQUE)('%j: %s', async ([words, completed], context) => {
    const [line = ''] = await inZsh(words, makeFolder(), context);
    expect(line.trim()).toBe(`ocspbot ${[...words.slice(0, -1), completed].join(' ')}`);
  });

  test.for([
    ['verify', '--is', '--issuer='],
    ['refresh', '--spl', '--splay='],
    ['rollback', '--li', '--list'],
  ])('%s %s: the option %s', async ([name = '', begun = '', option], context) => {
    const [line = ''] = await inZsh([name, begun], makeFolder(), context);
    expect(line.trim()).toBe(`ocspbot ${name} ${option}`);
  });
});
