import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runOcspbot } from '../support/run.js';
import { makeSetting } from './support/setting.js';
import type { StapleName } from './support/staples.js';
import { openStage } from './support/stage.js';

const stage = openStage();
const COUNTER = join(import.meta.dirname, 'support/count-signatures.cjs');

/** Signature checks of one run: two belong to the chain, certificate by issuer and issuer by root. */
test.each<[StapleName, string, number]>([
  ['fresh', 'the staple in place', 3],
  ['missing', 'the answer, once', 3],
  ['due', 'the staple in place, and the answer once', 4],
  ['corrupt', 'the staple in place, and the answer once', 4],
])('a run over a staple that is %s verifies %s', async (staple, _, count) => {
  const setting = makeSetting(stage);
  setting.add('a.example', { staple });
  setting.configure();
  const env = { NODE_OPTIONS: `--require ${COUNTER}`, SIGNATURE_COUNT: setting.sandbox.path('count') };
  await runOcspbot(['ocspbot.yaml'], { cwd: setting.sandbox.folder, env });
  expect(Number(setting.sandbox.text('count'))).toBe(count);
});
