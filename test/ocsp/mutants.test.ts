import { execa } from 'execa';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** `npm run mutants` tries them all, in minutes. */
test('each check that `npm run mutants` removes is there to be removed', async () => {
  const program = join(import.meta.dirname, 'mutants/run.mjs');
  const { stdout } = await execa(process.execPath, [program, '--list']);
  expect(stdout.split('\n').length).toBeGreaterThan(50);
});
