import { spawnSync } from 'node:child_process';
import type { TestContext } from 'vitest';
import { require } from './require.js';

/**
 * Earlier ones of the 3.0 series let pass what 3.0.22 refuses: an issuer that has ended, and a signer who speaks of
 * others.
 */
const FIRST = '3.0.22';

/** Comparisons of verdicts are with an OpenSSL that refuses what today's does. */
export function requireStrictOpenssl(context: Pick<TestContext, 'skip'>): void {
  const version = opensslVersion();
  const reason = `this needs OpenSSL ${FIRST} or a later one, and there is ${version}: apt-get install openssl`;
  require(isStrict(version), reason, context);
}

function opensslVersion(): string {
  const { stdout } = spawnSync('openssl', ['version'], { encoding: 'utf8' });
  return /^OpenSSL (\S+)/.exec(stdout ?? '')?.[1] ?? 'none';
}

function isStrict(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return major > 3 || (major === 3 && (minor > 0 || patch >= 22));
}
