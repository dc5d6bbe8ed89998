import { expect, test } from 'vitest';
import { openConsole } from '../../src/cli/console.js';

test.each([
  [false, '\r\u001B[Kthree of five'],
  [true, ''],
])('a line that goes away again is made of escape sequences; --no-color: %s', (isPlain, expected) => {
  let written = '';
  const outlet = (isTerminal: boolean) => ({
    isTerminal,
    columns: undefined,
    isJournal: false,
    write: (text: string) => void (written += text),
    flush: () => Promise.resolve(true),
  });
  const sinks = { stdout: outlet(false), stderr: outlet(true) };
  openConsole(sinks, { format: 'text', detail: 'normal', isPlain }).show('three of five');
  expect(written).toBe(expected);
});
