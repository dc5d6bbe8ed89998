import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { require } from './require.js';

type Skippable = Pick<TestContext, 'skip'>;

const LIBRARIES = '/usr/lib';

/**
 * Makes the environment of a program that sees another time.
 *
 * The program `faketime` keeps its time in shared memory, by process number: processes of other containers with the same
 * number, and such as were killed, make it fail. Its library alone needs none.
 *
 * @param clock As for faketime(1): `+2h`, or `@2020-01-01 00:00:00`.
 */
export function clockEnvironment(clock: string, context: Skippable): Record<string, string> {
  return { ...library(context), FAKETIME: clock };
}

/** Makes the environment of a program that reads its time from a file, in the same form, again and again. */
export function clockFileEnvironment(file: string, context: Skippable): Record<string, string> {
  const reading = { FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  return { ...library(context), ...reading, FAKETIME_TIMESTAMP_FILE: file };
}

function library(context: Skippable): Record<string, string> {
  const path = readdirSync(LIBRARIES)
    .map((name) => join(LIBRARIES, name, 'faketime/libfaketime.so.1'))
    .find((one) => existsSync(one));
  require(path !== undefined, 'there is no libfaketime here: apt-get install faketime', context);
  return { LD_PRELOAD: path ?? '', FAKETIME_DISABLE_SHM: '1' };
}
