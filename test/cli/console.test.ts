import { expect, test } from 'vitest';
import { openConsole } from '../../src/cli/console.js';
import { openProgress } from '../../src/cli/progress.js';

/** A console on a terminal, and what is written there. */
function onTerminal(isPlain: boolean, terminal: { isDumb?: boolean; columns?: number } = {}) {
  const written: string[] = [];
  const outlet = (isTerminal: boolean) => ({
    ...{ isTerminal, isDumb: false, columns: undefined, ...terminal },
    isJournal: false,
    failure: () => undefined,
    write: (text: string) => void written.push(text),
    flush: () => Promise.resolve(true),
  });
  const sinks = { stdout: outlet(false), stderr: outlet(true) };
  return { console: openConsole(sinks, { format: 'text', detail: 'normal', isPlain }), written };
}

test.each([
  [false, ['\r\u001B[Kthree of five']],
  [true, []],
])('a line that goes away again is made of escape sequences; --no-color: %s', (isPlain, expected) => {
  const { console, written } = onTerminal(isPlain);
  console.show('three of five');
  expect(written).toEqual(expected);
});

test('a terminal without escape sequences gets no such line', () => {
  const { console, written } = onTerminal(false, { isDumb: true });
  console.show('three of five');
  console.say({ severity: 'info', text: 'done' });
  expect(written).toEqual(['done\n']);
});

test('such a line has room in a narrow terminal: only the last one of its lines could be erased', () => {
  const { console, written } = onTerminal(false, { columns: 10 });
  console.show('three of five');
  expect(written).toEqual(['\r\u001B[Kthree of ']);
});

test('a run that is soon over shows no progress', () => {
  const { console, written } = onTerminal(false);
  let now = 0;
  const progress = openProgress(3, () => now, console);
  now = 199;
  progress.step();
  progress.step();
  expect(written).toEqual([]);
  now = 200;
  progress.step();
  expect(written).toEqual(['\r\u001B[K3 of 3 certificates']);
});

test('a long run says how much time is left, by the speed of those that take time', () => {
  const { console, written } = onTerminal(false);
  let now = 0;
  const progress = openProgress(1100, () => now, console);
  const stepAt = (time: number, count = 1) => {
    now = time;
    for (let step = 0; step < count; step += 1) progress.step();
    return written.at(-1)?.slice('\r\u001B[K'.length);
  };
  expect(stepAt(100, 999)).toBeUndefined();
  expect(stepAt(300)).toBe('1000 of 1100 certificates');
  expect(stepAt(4300, 4)).toBe('1001 of 1100 certificates');
  expect(stepAt(10_300, 6)).toBe('1005 of 1100 certificates, about 3 minutes 10 seconds left');
  // A clock that is set back makes no nonsense.
  expect(stepAt(1000)).toBe('1011 of 1100 certificates');
  expect(stepAt(400_300, 89)).toMatch(/^1012 of 1100 certificates, about 4\d minutes/);
});
