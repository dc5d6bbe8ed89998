import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { TestPki } from '../../command/support/test-pki.js';
import { EXAMPLES } from '../../examples/support/machine.js';
import type { Block } from '../support/markdown.js';
import type { Host } from '../support/host.js';

/** Runs a shell block of a document and shows that it does what the document says. */
export type SnippetTest = (block: Block, pki: TestPki) => Promise<void>;

export type SnippetTests = Readonly<Record<string, SnippetTest>>;

export function expectInstalled(host: Host, path: string, example: string, mode: string): void {
  expect(readFileSync(host.path(path), 'utf8')).toBe(readFileSync(join(EXAMPLES, example), 'utf8'));
  expect((statSync(host.path(path)).mode & 0o777).toString(8)).toBe(mode);
}
