import { expect, test } from 'vitest';
import { failureText } from '../../src/snapshot/plugin.js';
import { OcspbotError } from '../../src/util/errors.js';
import { presentable } from '../../src/util/text.js';

test('a line that is cut shows no part of a password, wherever the cut is', () => {
  for (let length = 200; length < 320; length += 1) {
    const error = new OcspbotError('usage', `${'x'.repeat(length)} https://user:SECRET@host/`, {
      hint: 'z'.repeat(100),
    });
    expect(presentable(failureText(error))).not.toMatch(/SE|:S/);
  }
});
