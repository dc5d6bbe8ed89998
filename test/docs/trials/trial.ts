import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Stage } from '../../command/support/stage.js';
import { EXAMPLES } from '../../examples/support/machine.js';
import type { Block } from '../support/markdown.js';
import type { World } from '../support/world.js';

/** Runs a shell block of a document and shows that it does what the document says. */
export type Trial = (block: Block, stage: Stage) => Promise<void>;

export type Trials = Readonly<Record<string, Trial>>;

export function expectInstalled(world: World, path: string, example: string, mode: string): void {
  expect(readFileSync(world.path(path), 'utf8')).toBe(readFileSync(join(EXAMPLES, example), 'utf8'));
  expect((statSync(world.path(path)).mode & 0o777).toString(8)).toBe(mode);
}
