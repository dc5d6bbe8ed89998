import { expect, test } from 'vitest';
import type { Outlet } from '../../src/cli/sinks.js';
import { run } from '../../src/cli/run.js';
import { nodeSystem } from '../../src/system/node.js';
import { systemError } from '../support/system-error.js';

/** A stream whose reader takes everything, or nothing. */
function outlet(isTaken: boolean): Outlet & { readonly text: () => string } {
  let text = '';
  return {
    isTerminal: false,
    isDumb: false,
    columns: undefined,
    isJournal: false,
    write: (content) => void (text += String(content)),
    flush: () => Promise.resolve(isTaken),
    failure: () => undefined,
    text: () => text,
  };
}

test.each([['help'], ['version']])('an answer that nobody reads is no success: %s', async (argument) => {
  const stderr = outlet(true);
  expect(await run([argument], nodeSystem(), { stdout: outlet(false), stderr })).toBe(73);
  expect(stderr.text()).toBe(
    'error: the output cannot be written: nobody reads it\n  hint: what was read is incomplete: run the command again, and read all of it\n',
  );
});

test('an answer that exceeds a quota is no success, and says so in words', async () => {
  const failure = systemError('Unknown system error -122', 'write');
  const [stdout, stderr] = [{ ...outlet(true), failure: () => failure }, outlet(true)];
  expect(await run(['version'], nodeSystem(), { stdout, stderr })).toBe(73);
  expect(stderr.text()).toContain('cannot be written: disk quota exceeded (EDQUOT)\n');
});

test('a check whose answer nobody reads is unknown, and says so only in its answer', async () => {
  const [stdout, stderr] = [outlet(false), outlet(true)];
  expect(await run(['check', '--help'], nodeSystem(), { stdout, stderr })).toBe(3);
  expect(stdout.text()).toContain('nobody reads it');
  expect(stderr.text()).toBe('');
});
