import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { onTestFinished, type TestContext } from 'vitest';
import { require } from '../../support/require.js';

/** A file system of its own, gone when the test is over. */
export function mountTmpfs(folder: string, options: string, context: Pick<TestContext, 'skip'>): void {
  mkdirSync(folder, { recursive: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'none', folder], { encoding: 'utf8' });
  const reason = mounted.stderr || mounted.error?.message;
  require(mounted.status === 0, `a tmpfs cannot be mounted here: ${reason}`, context);
  onTestFinished(() => void spawnSync('umount', ['--lazy', folder]));
}

/** Makes a folder appear in a second place. */
export function mountAgain(folder: string, place: string, context: Pick<TestContext, 'skip'>): void {
  mkdirSync(place, { recursive: true });
  const mounted = spawnSync('mount', ['--bind', folder, place], { encoding: 'utf8' });
  const reason = mounted.stderr || mounted.error?.message;
  require(mounted.status === 0, `a folder cannot be mounted again here: ${reason}`, context);
  onTestFinished(() => void spawnSync('umount', ['--lazy', place]));
}

export function remountReadOnly(folder: string): void {
  const { status, stderr } = spawnSync('mount', ['-o', 'remount,ro', folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
