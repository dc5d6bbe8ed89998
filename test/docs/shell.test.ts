import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openTestPki } from '../command/support/test-pki.js';
import { blocksIn, ROOT } from './support/markdown.js';
import { makeHost } from './support/host.js';
import { CALLERS } from './snippets/callers.js';
import { DISCOVER } from './snippets/discover.js';
import { FLEET } from './snippets/fleet.js';
import { INSTALLATION } from './snippets/installation.js';
import { MIGRATION } from './snippets/migration.js';
import { PRIVATE_PKI } from './snippets/private-pki.js';
import { README } from './snippets/readme.js';
import type { SnippetTests } from './snippets/snippet-tests.js';
import { TROUBLESHOOTING } from './snippets/troubleshooting.js';

const pki = openTestPki();

/** The test of each shell block. */
const TESTS: SnippetTests = {
  ...README,
  ...INSTALLATION,
  ...CALLERS,
  ...DISCOVER,
  ...FLEET,
  ...MIGRATION,
  ...PRIVATE_PKI,
  ...TROUBLESHOOTING,
};

const MAKES_A_FOLDER =
  'it makes /var/lib/ocsp of this machine; test/servers/discover.test.ts runs it with another folder';

/** Blocks that no test can run here, each with the reason. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'README.md: npm ci && npm run demo':
    '.ci/run runs it on a fresh system: npm ci would take the packages from under the tests',
  'README.md: npm ci && npm test': '.ci/run runs it on a fresh system: it is this run',
  'README.md: ocspbot discover --write /etc/ocspbot.yaml': MAKES_A_FOLDER,
  'docs/discover.md: ocspbot discover --write /etc/ocspbot.yaml': MAKES_A_FOLDER,
  'docs/fleet.md: npm run build':
    'test/examples/ansible.campaign.test.ts plays site.yml, which takes minutes',
  'docs/installation.md: npm run package:deb': 'test/package/debian.campaign.test.ts runs it',
  'docs/installation.md: npm run package:archive': 'test/package/archive.campaign.test.ts runs it',
  'docs/installation.md: npm run package:collection': 'test/package/collection.campaign.test.ts runs it',
  'docs/installation.md: npm run package:image': 'test/package/image.campaign.test.ts runs it',
};

const blocks = blocksIn('sh');

test('every shell block has a test or a reason why not, and nothing else has', () => {
  const keys = [...Object.keys(TESTS), ...Object.keys(NOT_RUN)];
  expect(keys.toSorted()).toEqual([...new Set(blocks.map(({ key }) => key))].toSorted());
});

test.each(blocks.map((block) => [`${block.document}:${block.line}`, block] as const))(
  'a shell understands %s',
  async (_, { text }) => {
    expect(await makeHost(pki).machine.shell(`sh -n <<'END'\n${text}END`)).toMatchObject({
      status: 0,
      stderr: '',
    });
  },
);

test('npm scripts and files that the documents name are there', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const words = blocks.flatMap(({ text }) => text.split(/\s+/));
  for (const path of words.filter((word) => /^(?:examples|dist|docs)\//.test(word)))
    expect(existsSync(join(ROOT, path)), path).toBe(true);
  for (const { text } of blocks)
    for (const [, name = ''] of text.matchAll(/npm run ([\w:-]+)/g)) expect(scripts).toHaveProperty([name]);
});

describe('what a shell block is said to do, it does', () => {
  test.each(
    blocks
      .filter(({ key }) => key in TESTS)
      .map((block) => [`${block.document}:${block.line} ${block.text.split('\n', 1)[0]}`, block] as const),
  )('%s', (_, block) => TESTS[block.key]?.(block, pki));
});
