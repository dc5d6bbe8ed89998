import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { require } from './require.js';

const LIBRARIES = '/usr/lib';

/**
 * Makes the environment of a program that sees another time.
 *
 * The program `faketime` keeps its time in shared memory, by process number: processes of other containers with the same
 * number, and such as were killed, make it fail. Its library alone needs none.
 *
 * @param clock As for faketime(1): `+2h`, or `@2020-01-01 00:00:00`.
 */
export function clockEnvironment(clock: string, context: Pick<TestContext, 'skip'>): Record<string, string> {
  const library = readdirSync(LIBRARIES)
    .map((name) => join(LIBRARIES, name, 'faketime/libfaketime.so.1'))
    .find((path) => existsSync(path));
  require(library !== undefined, 'there is no libfaketime here: apt-get install faketime', context);
  return { LD_PRELOAD: library ?? '', FAKETIME: clock, FAKETIME_DISABLE_SHM: '1' };
}
