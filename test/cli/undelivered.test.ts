import { expect, test } from 'vitest';
import type { Outlet } from '../../src/cli/console.js';
import { run } from '../../src/cli/run.js';
import { nodeSystem } from '../../src/system/node.js';

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

test.each([
  [['help'], 73],
  [['version'], 73],
  [['check', '--help'], 3],
])('an answer that nobody reads is no success: %j', async (argv, status) => {
  const stderr = outlet(true);
  expect(await run(argv, nodeSystem(), { stdout: outlet(false), stderr })).toBe(status);
  expect(stderr.text()).toBe(
    'error: the output cannot be written: nobody reads it\n  hint: what was read is incomplete: run the command again, and read all of it\n',
  );
});
