import { expect, test } from 'vitest';
import { cut, lastLines, presentable, quote, shownUrl } from '../../src/util/text.js';

test.each([
  ['plain: text, with a time 10:00:00Z', 'plain: text, with a time 10:00:00Z'],
  ['one\n\ttwo', 'one\n\ttwo'],
  ['a\u001b[31mb\u0000\r\u009b', 'a\\u001b[31mb\\u0000\\u000d\\u009b'],
  ['x\u202egnp', 'x\\u202egnp'],
  ['http://user:secret@host/', 'http://user:******@host/'],
  ['"http://user:se/cret@[bad/"', '"http://user:*******@[bad/"'],
  ['htp//user:secret@host', 'htp//user:******@host'],
  ['user:secret@host:3128', 'user:******@host:3128'],
  ['http://user:se@cret@host', 'http://user:*******@host'],
  ['http://user@host/', 'http://user@host/'],
  ['(user:password@ before the host', '(user:password@ before the host'],
  ['mail root@example.com', 'mail root@example.com'],
  ['one http://u:p@h two http://v:qq@h\n', 'one http://u:*@h two http://v:**@h\n'],
])('%j', (text, shown) => {
  expect(presentable(text)).toBe(shown);
});

test.each([
  ['quote', quote],
  ['cut', (text: string) => cut(text, 50)],
  ['shownUrl', shownUrl],
  ['lastLines', (text: string) => lastLines(text).join('')],
])('no part of a long password stays where a text is cut: %s', (_, shorten) => {
  for (const length of [40, 110, 180, 290, 500])
    for (const before of [0, 30, 100, 170, 280]) {
      const text = `${'x'.repeat(before)} http://user:${'S'.repeat(length)}@host/${'y'.repeat(300)}`;
      expect(presentable(shorten(text))).not.toContain('S');
    }
});

test('is done with a long line in no time', () => {
  const text = `${'a:'.repeat(1_000_000)}\n${'x@'.repeat(1_000_000)}`;
  expect(presentable(text)).toBe(text);
});
