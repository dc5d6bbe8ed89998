import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { COMMON_OPTIONS, OPTIONS } from '../../src/cli/options.js';
import { DESCRIBED_SECTIONS } from '../../src/configuration/key-descriptions.js';
import { requireProgram } from '../support/require.js';

const PAGES = ['ocspbot.1', 'ocspbot.yaml.5'].map((name) =>
  join(import.meta.dirname, '../../dist/man', name),
);

test.for(PAGES)('mandoc has no complaint about %s', async (page, context) => {
  const mandoc = requireProgram('mandoc', 'mandoc', context);
  const { all } = await execa(mandoc, ['-T', 'lint', page], { all: true, reject: false });
  expect(all).toBe('');
});

test.for(PAGES)('man has no warning about %s', async (page, context) => {
  const man = requireProgram('man', 'man-db', context);
  const args = ['--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', page];
  const { stderr } = await execa(man, args, { reject: false });
  expect(stderr).toBe('');
});

test('the pages have each option and each key', async (context) => {
  const mandoc = requireProgram('mandoc', 'mandoc', context);
  const [commands, configuration] = await Promise.all(
    PAGES.map(async (page) => {
      const { stdout } = await execa(mandoc, ['-T', 'ascii', '-O', 'width=200', page]);
      return stdout.replaceAll(/.[\b]/g, '');
    }),
  );
  const options = [...COMMON_OPTIONS, ...Object.values(OPTIONS).flat()];
  for (const { name } of options) expect(commands).toContain(`--${name}`);
  for (const { keys } of DESCRIBED_SECTIONS)
    for (const name of Object.keys(keys)) expect(configuration).toMatch(new RegExp(`^ +${name}\\b`, 'm'));
});
