import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { TestContext } from 'vitest';
import { ROOT } from '../../docs/support/markdown.js';
import { require, requireRoot } from '../../support/require.js';
import type { Sandbox } from '../../support/sandbox.js';

/** A file system that begins as a tree of Debian and keeps its changes in the sandbox. */
export interface Tree {
  /** Absolute path of the sandbox that is PATH in the tree. Write there between runs only. */
  path(absolute: string): string;
  /** Runs a script with `sh -e`, and returns what it printed; any other status than 0 is an error. */
  run(script: string, user?: string): Promise<string>;
}

/** The tree of Debian 13 that `.ci/run` makes: OCSPBOT_DEBIAN_13 is its folder. */
export function requireDebian13(context: TestContext): string {
  requireRoot(context);
  const tree = process.env['OCSPBOT_DEBIAN_13'] ?? '';
  require(existsSync(
    join(tree, 'etc/debian_version'),
  ), 'OCSPBOT_DEBIAN_13 names no tree of Debian 13', context);
  return tree;
}

/** Overlays a folder, which stays as it is. */
export function overlay(lower: string, sandbox: Sandbox): Tree {
  for (const folder of ['upper', 'work', 'merged'])
    mkdirSync(sandbox.path(`tree/${folder}`), { recursive: true });
  const at = (folder: string) => sandbox.path(`tree/${folder}`);
  const mount = `mount -t overlay overlay -o "lowerdir=$1,upperdir=$2,workdir=$3" "$4"
    exec "$5" "$4" "$6" sh -ec "$7"`;
  return {
    path: (absolute) => join(at('upper'), absolute),
    run: async (script, user = 'root') => {
      const places = [lower, at('upper'), at('work'), at('merged')];
      const inTree = join(ROOT, '.ci/in-tree');
      const args = ['--mount', 'sh', '-ec', mount, 'sh', ...places, inTree, user, script];
      return (await execa('unshare', args, { stdin: 'ignore' })).stdout;
    },
  };
}
