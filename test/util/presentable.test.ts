import { expect, test } from 'vitest';
import { presentable } from '../../src/util/text.js';

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

test('is done with a long line in no time', () => {
  const text = `${'a:'.repeat(1_000_000)}\n${'x@'.repeat(1_000_000)}`;
  expect(presentable(text)).toBe(text);
});
