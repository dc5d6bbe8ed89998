import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { TestPki } from '../../command/support/test-pki.js';
import { ROOT, type Block } from '../support/markdown.js';
import { makeHost } from '../support/host.js';
import { expectInstalled, type SnippetTests } from './snippet-tests.js';

export const README: SnippetTests = {
  'README.md: npm ci && npm run build && npm install --global .': installs,
  'README.md: install -D -m 644 examples/cron/ocspbot /etc/cron.d/ocspbot': async ({ text }, pki) => {
    const host = makeHost(pki);
    expect(await host.shell(text)).toMatchObject({ status: 0, stderr: '' });
    expectInstalled(host, '/etc/cron.d/ocspbot', 'cron/ocspbot', '644');
  },
};

/** The rest of the line than `npm ci`, which would take the packages from under the tests, and the build, which is done. */
async function installs({ text }: Block, pki: TestPki): Promise<void> {
  const host = makeHost(pki);
  const [, command = ''] = text.split('npm ci && npm run build && ');
  const prefix = host.path('/usr/local');
  const npm = (script: string) =>
    execFileSync('/bin/sh', ['-c', script], {
      cwd: ROOT,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: host.path('/'),
        npm_config_prefix: prefix,
        npm_config_offline: 'true',
        npm_config_update_notifier: 'false',
      },
    });
  npm(`${command.trim()} --no-audit --no-fund --ignore-scripts`);
  expect(execFileSync(join(prefix, 'bin/ocspbot'), ['--version'], { encoding: 'utf8' })).toMatch(
    /^ocspbot \d/,
  );
  npm('npm uninstall --global ocspbot --ignore-scripts');
  expect(existsSync(join(prefix, 'bin/ocspbot'))).toBe(false);
}
