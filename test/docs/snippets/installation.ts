import { mkdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { ONE_FILE } from '../../support/run.js';
import { makeHost } from '../support/host.js';
import type { SnippetTests } from './snippet-tests.js';

export const INSTALLATION: SnippetTests = {
  // The build is done.
  'docs/installation.md: npm run build': async ({ text }, pki) => {
    const host = makeHost(pki);
    mkdirSync(host.path('/usr/local/bin'), { recursive: true });
    host.alias('dist/ocspbot.js', `'${ONE_FILE}'`);
    expect(await host.shell(text.replace('npm run build\n', ''))).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(host.path('/usr/local/bin/ocspbot')).equals(readFileSync(ONE_FILE))).toBe(true);
    expect((await host.shell('/usr/local/bin/ocspbot --version')).stdout).toMatch(/^ocspbot \d/);
  },
};
