import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { blockWith, ROOT } from '../../docs/support/markdown.js';

/** The command that a script of the package runs after the build, which is done. */
export function commandOf(script: string): string {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const [build, command] = (scripts[script] ?? '').split(' && ');
  if (build !== 'npm run --silent build' || command === undefined)
    throw new Error(`${script} does not build the program first`);
  return command;
}

/** Runs the first command of a block in docs/installation.md, and returns the others. */
export async function buildAsDocumented(
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const [first, ...others] = blockWith('docs/installation.md', 'sh', script).text.split('\n');
  if (first !== `npm run ${script}`) throw new Error(`docs/installation.md has ${first} for ${script}`);
  await execa('sh', ['-ec', commandOf(script)], { cwd: ROOT, env });
  return others.join('\n');
}
