import { expect } from 'vitest';
import type { Stage } from '../../command/support/stage.js';
import type { Block } from '../support/markdown.js';
import { makeWorld, README_CONFIGURATION } from '../support/world.js';
import type { Trials } from './trial.js';

export const TROUBLESHOOTING: Trials = {
  'docs/troubleshooting.md: ocspbot validate /etc/ocspbot.yaml': diagnoses,
};

async function diagnoses({ text }: Block, stage: Stage): Promise<void> {
  const world = makeWorld(stage);
  world.configure(README_CONFIGURATION, { 'example.com': 'fresh', 'mail.example.com': 'fresh' });
  expect(await world.shell(`set -e\n${text}`)).toMatchObject({ status: 0, stderr: '' });
}
