import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';

type Skippable = Pick<TestContext, 'skip'>;

/** Skips with the reason in the report; where everything is required (`OCSPBOT_REQUIRE=all`) it is a failure. */
export function require(condition: boolean, reason: string, { skip }: Skippable): void {
  if (condition) return;
  if (process.env['OCSPBOT_REQUIRE'] === 'all') throw new Error(`required, but ${reason}`);
  skip(reason);
}

export function requireRoot(context: Skippable): void {
  require(process.geteuid?.() === 0, 'this needs root, to have files of several users', context);
}

/** Path of a program that a Debian package brings. */
export function requireProgram(name: string, debianPackage: string, context: Skippable): string {
  const path = findProgram(name);
  require(path !== undefined, `there is no ${name} here: apt-get install ${debianPackage}`, context);
  return path ?? name;
}

function findProgram(name: string): string | undefined {
  // Servers lie where only root's PATH looks.
  const folders = [
    ...(process.env['PATH'] ?? '').split(':'),
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
    '/usr/lib/nagios/plugins',
  ];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
