import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { onTestFinished, type TestContext } from 'vitest';

/** Skips with the reason in the report; where everything is required (`OCSPBOT_REQUIRE=all`) it is a failure. */
export function require(condition: boolean, reason: string, { skip }: Pick<TestContext, 'skip'>): void {
  if (condition) return;
  if (process.env['OCSPBOT_REQUIRE'] === 'all') throw new Error(`required, but ${reason}`);
  skip(reason);
}

export function requireRoot(context: Pick<TestContext, 'skip'>): void {
  require(process.geteuid?.() === 0, 'this needs root, to have files of several users', context);
}

/** A file system of its own, gone when the test is over. */
export function mountTmpfs(folder: string, options: string, context: Pick<TestContext, 'skip'>): void {
  mkdirSync(folder, { recursive: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'none', folder], { encoding: 'utf8' });
  require(mounted.status ===
    0, `a tmpfs cannot be mounted here: ${mounted.stderr || mounted.error?.message}`, context);
  onTestFinished(() => void spawnSync('umount', ['--lazy', folder]));
}

export function remountReadOnly(folder: string): void {
  const { status, stderr } = spawnSync('mount', ['-o', 'remount,ro', folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

export function hasProgram(name: string): boolean {
  return spawnSync(name, ['--version']).status === 0;
}
