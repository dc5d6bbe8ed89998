import { expect, test } from 'vitest';
import { checkSnapshot } from '../../src/snapshot/check.js';
import { failureText, pluginText } from '../../src/snapshot/plugin.js';
import { OcspbotError } from '../../src/util/errors.js';
import { presentable } from '../../src/util/text.js';
import { certificate, snapshotOf } from './support/snapshots.js';

test('a line that is cut shows no part of a password, wherever the cut is', () => {
  for (let length = 200; length < 320; length += 1) {
    const error = new OcspbotError('usage', `${'x'.repeat(length)} https://user:SECRET@host/`, {
      hint: 'z'.repeat(100),
    });
    expect(presentable(failureText(error))).not.toMatch(/SE|:S/);
  }
});

test('the first line says how many troubles there are, however long the worst one is', () => {
  const limits = { warning: undefined, critical: undefined, runWarning: undefined, runCritical: undefined };
  const long = Array.from({ length: 3 }, () => certificate('x'.repeat(400), 0, 'missing'));
  const snapshot = snapshotOf(long, { services: [] });
  const text = pluginText(checkSnapshot(snapshot, limits), snapshot, limits, 'normal');
  expect(text).toMatch(/^OCSP CRITICAL - x+…, and 2 more \| certificates=3;/);
});
