import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { blocksOf, textOf } from '../docs/support/markdown.js';
import { EXAMPLE_SERVERS } from './support/example-servers.js';
import { EXAMPLES } from './support/example-machine.js';

const PAGE = 'docs/servers.md';

it('the page shows each file of the examples as it is, and no other configuration', () => {
  const files = readdirSync(EXAMPLES).map((name) => readFileSync(join(EXAMPLES, name), 'utf8'));
  const blocks = blocksOf(PAGE).filter(({ language }) => language !== 'sh' && language !== 'console');
  expect(blocks.map(({ text }) => text).toSorted()).toEqual(files.toSorted());
});

it('each file of the examples is run with its server', () => {
  const run = EXAMPLE_SERVERS.flatMap(({ yaml, files }) => [yaml, ...Object.keys(files)]);
  expect(readdirSync(EXAMPLES).toSorted()).toEqual(run.toSorted());
});

it('the links of the page lead to files', () => {
  const links = [...textOf(PAGE).matchAll(/\]\(\.\.\/examples\/servers\/([^)]+)\)/g)].map(([, name]) => name);
  expect(links.toSorted()).toEqual(readdirSync(EXAMPLES).toSorted());
});
