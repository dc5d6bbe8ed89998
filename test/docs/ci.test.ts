import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './support/markdown.js';

/** Packages that every Debian system has. */
const ESSENTIAL = new Set(['bash', 'tar']);

test('.ci/run installs each Debian package that a test requires', () => {
  const script = readFileSync(join(ROOT, '.ci/run'), 'utf8');
  const lists = [...script.matchAll(/(?:^readonly DEBIAN_PACKAGES=|packages\+=)\(([^)]*)\)/gm)];
  const installed = new Set(lists.flatMap(([, list = '']) => list.trim().split(/\s+/)));
  const required = packagesOfTests();
  expect(required.length).toBeGreaterThan(20);
  expect(required.filter((name) => !installed.has(name) && !ESSENTIAL.has(name))).toEqual([]);
});

/** The packages that are named in calls of `requireProgram`. */
function packagesOfTests(): string[] {
  const paths = readdirSync(join(ROOT, 'test'), { encoding: 'utf8', recursive: true });
  const files = paths
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(ROOT, 'test', path), 'utf8'));
  const calls = files.flatMap((text) => [...text.matchAll(/requireProgram\(\s*'[^']+',\s*'([^']+)'/g)]);
  return [...new Set(calls.flatMap(([, names = '']) => names.split(' ')))];
}
