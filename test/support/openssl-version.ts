import { spawnSync } from 'node:child_process';
import type { TestContext } from 'vitest';
import { require } from './require.js';

/** Version of the installed OpenSSL, which must be of series 3 or later. */
export function requireOpenssl(context: Pick<TestContext, 'skip'>): string {
  const { stdout } = spawnSync('openssl', ['version'], { encoding: 'utf8' });
  const version = /^OpenSSL (\S+)/.exec(stdout ?? '')?.[1] ?? 'none';
  const reason = `this needs OpenSSL 3 or later, and there is ${version}: apt-get install openssl`;
  require(/^[3-9]\./.test(version), reason, context);
  return version;
}
