import { expect, test } from 'vitest';
import { openRollbacks } from '../../src/state/rollbacks.js';
import { realTools } from '../installation/support/tools.js';
import { makeSandbox } from '../support/sandbox.js';

const RESPONSE = { der: Uint8Array.of(1) };

/** Opens the notes of a state folder with one note, where each listing fails. */
function openFailing(code: string) {
  const { files } = realTools();
  const list = () => {
    throw Object.assign(new Error(`${code}: no, scandir 'x'`), { code, syscall: 'scandir' });
  };
  const folder = makeSandbox().folder;
  return openRollbacks(
    { stateFolder: folder, ownState: { folder, origin: undefined } },
    { files: { ...files, list } },
  );
}

test.each(['ENOENT', 'EACCES'])('where this user sees no note (%s), nothing counts as restored', (code) => {
  expect(openFailing(code).has(RESPONSE)).toBe(false);
});

// A run without a free descriptor replaced the response that a rollback had restored.
test.each(['EMFILE', 'EIO'])('notes that cannot be listed now (%s) are no absent ones', (code) => {
  expect(() => openFailing(code)).toThrow(`what was put back: no (${code})`);
});
