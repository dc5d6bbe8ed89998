import { expect } from 'vitest';
import type { TestPki } from '../../command/support/test-pki.js';
import type { Block } from '../support/markdown.js';
import { makeHost, README_CONFIGURATION } from '../support/host.js';
import type { SnippetTests } from './snippet-tests.js';

export const TROUBLESHOOTING: SnippetTests = {
  'docs/troubleshooting.md: ocspbot validate /etc/ocspbot.yaml': diagnoses,
};

async function diagnoses({ text }: Block, pki: TestPki): Promise<void> {
  const host = makeHost(pki);
  host.configure(README_CONFIGURATION, { 'example.com': 'fresh', 'mail.example.com': 'fresh' });
  expect(await host.shell(`set -e\n${text}`)).toMatchObject({ status: 0, stderr: '' });
}
