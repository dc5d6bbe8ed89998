import { expect, test } from 'vitest';
import type { Change } from '../../src/notification/changes.js';
import { NOTHING_UNSENT, readOutbox, withChanges } from '../../src/notification/outbox.js';
import { LIMITS } from '../../src/util/limits.js';
import { realTools } from '../installation/support/tools.js';
import { makeSandbox } from '../support/sandbox.js';

const change: Change = {
  about: 'certificate',
  name: 'a.example',
  severity: 'critical',
  before: 'ok',
  time: 1_700_000_000_000,
  message: 'a.example: missing',
  hint: undefined,
};

test('very many changes are counted, and the first ones are kept', () => {
  const all = Array.from({ length: 10_000 }, (_, index) => ({ ...change, name: `${index}.example` }));
  const first = withChanges(NOTHING_UNSENT, all, LIMITS.unsentBytes);
  expect([first.changes.length, first.omitted]).toEqual([LIMITS.unsentChanges, 9000]);
  const next = withChanges(first, all, LIMITS.unsentBytes);
  expect([next.changes, next.omitted]).toEqual([first.changes, 19_000]);
});

test('long messages do not make the file longer than what is read again', () => {
  const long = Array.from({ length: 100 }, () => ({ ...change, message: 'x'.repeat(1000) }));
  const { changes, omitted } = withChanges(NOTHING_UNSENT, long, 10_000);
  expect(changes.length + omitted).toBe(100);
  expect(Buffer.byteLength(JSON.stringify(changes))).toBeLessThanOrEqual(10_100);
  expect(changes.length).toBeGreaterThan(5);
});

// A time that cannot be shown made each later run fail to tell anybody.
test.for(['1e999', '-1', '0.5', '8640000000000001', '9007199254740991', '"1"', 'null'])(
  'a change that waits since %s is left out',
  (time) => {
    const sandbox = makeSandbox();
    const [good, bad] = [change, { ...change, time: '@' }].map((one) => JSON.stringify(one));
    const changes = `[${good},${bad?.replace('"@"', time)}]`;
    sandbox.write(
      'notifications.json',
      `{"schema":1,"severities":[],"unsent":{"url":{"changes":${changes},"omitted":${time}}}}`,
    );
    const { content } = readOutbox(sandbox.folder, realTools());
    expect(content.unsent.get('url')?.changes).toEqual([change]);
  },
);
