import { describe, expect, test } from 'vitest';
import type { RequestForm } from '../../src/client/attempt.js';
import { ResponderHistory } from '../../src/client/history.js';
import { NOTHING } from '../../src/client/history-records.js';
import { heldUntil, waitAfter } from '../../src/client/waits.js';
import { NOT_NEWER, type Wait } from '../../src/client/types.js';
import { LIMITS } from '../../src/util/limits.js';
import { DAY, HOUR, MINUTE } from '../../src/util/time.js';

const NOW = Date.parse('2026-11-24T10:00:00Z');
const URL_A = 'http://a/';
const GET: RequestForm = { method: 'get', hash: 'sha1' };
const POST: RequestForm = { method: 'post', hash: 'sha1' };

/** Makes the history of a run that begins at `now` with the history of the run before. */
function memory(now = NOW, before?: ResponderHistory): ResponderHistory {
  return new ResponderHistory(before?.content ?? NOTHING, now, () => 1);
}

describe('waits after failures', () => {
  test.each([
    [1, 5 * MINUTE],
    [2, 10 * MINUTE],
    [3, 20 * MINUTE],
    [7, 320 * MINUTE],
    [8, 6 * HOUR],
    [500, 6 * HOUR],
    [2000, 6 * HOUR],
  ])('the %i. is %d ms', (count, length) => {
    let wait: Wait | undefined;
    for (let index = 0; index < count; index++)
      wait = waitAfter(wait, { why: 'timeout', now: NOW, chance: 1 });
    expect(wait).toMatchObject({ since: NOW, until: NOW + length, why: 'timeout' });
  });

  test.each([
    ['nothing', undefined, 0, 2.5 * MINUTE],
    ['less', MINUTE, 0, 2.5 * MINUTE],
    ['more', HOUR, 0, HOUR],
    ['years', 10_000 * DAY, 1, 6 * HOUR],
    ['for ever', Number.MAX_SAFE_INTEGER, 1, 6 * HOUR],
  ])('a responder that asks for %s', (_, atLeast, chance, length) => {
    expect(waitAfter(undefined, { why: 'x', now: NOW, chance, atLeast }).until).toBe(NOW + length);
  });
});

describe('heldUntil', () => {
  const wait: Wait = { since: NOW, until: NOW + 2 * HOUR, why: 'timeout', count: 1 };

  test.each<[string, Wait | undefined, number, number, number | undefined]>([
    ['nothing', undefined, NOW + 10 * DAY, NOW, undefined],
    ['as it says', wait, NOW + 10 * DAY, NOW + HOUR, NOW + 2 * HOUR],
    ['no longer', wait, NOW + 10 * DAY, NOW + 2 * HOUR, undefined],
    ['an eighth of the time that is left', wait, NOW + 8 * HOUR, NOW, NOW + HOUR],
    ['of five minutes half a minute', wait, NOW + 4 * MINUTE, NOW + 29_000, NOW + 30_000],
    ['never where it is critical', wait, NOW, NOW, undefined],
    ['never where it has long been critical', wait, NOW - DAY, NOW, undefined],
    ['not by a clock that was set back', wait, NOW + 10 * DAY, NOW - 1, undefined],
    [
      'not by a clock that was ahead',
      { ...wait, since: NOW + DAY, until: NOW + 2 * DAY },
      NOW + 30 * DAY,
      NOW,
      undefined,
    ],
    ['not for ever', { ...wait, until: NOW + 1000 * DAY }, NOW + 365 * DAY, NOW, NOW + 6 * HOUR],
    ['not where it ends before it begins', { ...wait, until: NOW - DAY }, NOW + 10 * DAY, NOW, undefined],
  ])('%s', (_, held, criticalAt, now, expected) => {
    expect(heldUntil(held, criticalAt, now)).toBe(expected);
  });
});

describe('forms', () => {
  test('what is usual is not worth a note', () => {
    const one = memory();
    one.worked(URL_A, GET, GET);
    expect(one.isChanged).toBe(false);
    expect(one.isProven(URL_A, 'sha1')).toBe(true);
    expect(one.isProven(URL_A, 'sha256')).toBe(false);
  });

  test('what is not is remembered for a month, not for longer because it is used', () => {
    const first = memory();
    first.worked(URL_A, POST, GET);
    expect(first.isChanged).toBe(true);
    const second = memory(NOW + 20 * DAY, first);
    expect(second.workingForm(URL_A)).toMatchObject(POST);
    expect(second.isProven(URL_A, 'sha1')).toBe(false);
    second.worked(URL_A, POST, GET);
    expect(second.isChanged).toBe(false);
    expect(memory(NOW + 31 * DAY, second).workingForm(URL_A)).toBeUndefined();
  });

  test('one that a certificate needed stays the first of a run, though the usual one works for others', () => {
    const one = memory();
    one.worked(URL_A, GET, GET);
    one.worked(URL_A, POST, GET);
    one.worked(URL_A, GET, GET);
    expect(one.workingForm(URL_A)).toMatchObject(POST);
    expect(memory(NOW + DAY, one).workingForm(URL_A)).toMatchObject(POST);
  });

  test('the usual one that works again takes its place', () => {
    const first = memory();
    first.worked(URL_A, POST, GET);
    const second = memory(NOW + DAY, first);
    second.worked(URL_A, GET, GET);
    expect(second.isChanged).toBe(true);
    expect(second.content.responders.size).toBe(0);
    expect(memory(NOW + 2 * DAY, second).workingForm(URL_A)).toBeUndefined();
  });
});

describe('responders that are out of order', () => {
  const fail = (one: ResponderHistory, certificates: string, atLeast?: number) => {
    for (const certificate of certificates) one.unreachable(URL_A, certificate, 'timeout', atLeast);
  };

  test('three certificates in a row make one; the same one three times does not', () => {
    const one = memory();
    fail(one, 'aabb');
    expect(one.responderWait(URL_A)).toBeUndefined();
    fail(one, 'c');
    expect(one.responderWait(URL_A)).toMatchObject({ since: NOW, why: 'timeout', count: 1 });
  });

  test('an answer in between does not let it come to that, and one afterwards ends it', () => {
    const one = memory();
    fail(one, 'ab');
    one.reached(URL_A);
    fail(one, 'cd');
    expect(one.responderWait(URL_A)).toBeUndefined();
    fail(one, 'e');
    one.reached(URL_A);
    expect(one.responderWait(URL_A)).toBeUndefined();
  });

  test('one that asks to be left alone is, at once', () => {
    const one = memory();
    fail(one, 'a', HOUR);
    expect(one.responderWait(URL_A)?.until).toBe(NOW + HOUR);
  });

  test('it counts once a run, and from run to run', () => {
    const first = memory();
    fail(first, 'abcdef');
    expect(first.responderWait(URL_A)?.count).toBe(1);
    const second = memory(NOW + HOUR, first);
    fail(second, 'abcdef');
    expect(second.responderWait(URL_A)).toMatchObject({ since: NOW + HOUR, count: 2 });
  });

  test('its form stays', () => {
    const one = memory();
    one.worked(URL_A, POST, GET);
    fail(one, 'abc');
    one.reached(URL_A);
    expect(memory(NOW + DAY, one).workingForm(URL_A)).toMatchObject(POST);
  });
});

describe('certificates', () => {
  const copy = { digest: 'ab', etag: '"1"' };

  test('what a run finds holds for later ones; entries with the same certificate share its answers', () => {
    const first = memory();
    first.failed('a', 'timeout');
    expect(first.certificate('a')).toBeUndefined();
    first.failed('a', 'timeout');
    const second = memory(NOW + HOUR, first);
    expect(second.certificate('a')?.wait).toMatchObject({ count: 1, why: 'timeout' });
    second.failed('a', 'http-status');
    expect(memory(NOW + DAY, second).certificate('a')?.wait).toMatchObject({ count: 2, why: 'http-status' });
  });

  test('nothing newer: as long as the answer is fresh, with a limit', () => {
    const one = memory();
    one.notNewer('a', copy, HOUR);
    one.notNewer('b', copy, 100 * DAY);
    const later = memory(NOW + 1, one);
    expect(later.certificate('a')).toEqual({
      wait: { since: NOW, until: NOW + HOUR, why: NOT_NEWER, count: 1 },
      copy,
    });
    expect(later.certificate('b')?.wait.until).toBe(NOW + LIMITS.longestWait);
  });

  test('a failure after that is the first one', () => {
    const first = memory();
    first.notNewer('a', copy, HOUR);
    const second = memory(NOW + DAY, first);
    second.failed('a', 'timeout');
    expect(memory(NOW + 2 * DAY, second).certificate('a')?.wait.count).toBe(1);
  });

  test('what is forgotten leaves nothing', () => {
    const first = memory();
    first.failed('a', 'timeout');
    const second = memory(NOW + DAY, first);
    second.forget('a');
    expect(second.isChanged).toBe(true);
    expect(second.content.certificates.size).toBe(0);
  });
});
