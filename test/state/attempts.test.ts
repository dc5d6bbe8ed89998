import { describe, expect, test } from 'vitest';
import { addAttempts, type Attempts, readAttempts } from '../../src/state/attempts.js';
import { LIMITS } from '../../src/util/limits.js';
import { DAY, formatInstant, HOUR } from '../../src/util/time.js';
import { NOW, realTools } from '../installation/support/tools.js';
import { makeSandbox, type Sandbox } from '../support/sandbox.js';

const MOST = 5 * 1024 * 1024;
const NOTHING: Attempts = {
  certificates: new Map(),
  responders: new Map(),
  days: new Map(),
  reloads: new Map(),
};

function add(sandbox: Sandbox, news: Partial<Attempts>, now = NOW): Promise<readonly string[]> {
  return addAttempts(sandbox.folder, { ...NOTHING, ...news }, realTools({ now }));
}

function known(sandbox: Sandbox): Attempts {
  return readAttempts(sandbox.folder, realTools());
}

function many<T>(
  count: number,
  name: (index: number) => string,
  record: (index: number) => T,
): Map<string, T> {
  return new Map(Array.from({ length: count }, (_, index) => [name(index), record(index)]));
}

/** Puts the oldest first, so that the youngest are not kept by chance. */
const oldestFirst = <T>(records: Map<string, T>): Map<string, T> => new Map([...records].toReversed());

const failed = (at: number) => ({ serial: '7f'.repeat(20), at, outcome: 'deferred', reason: 'timeout' });
const dayOf = (at: number) => formatInstant(at).slice(0, 10);

describe('the size', () => {
  test('stays within 5 MiB for a thousand certificates with new names and responders, for a year', async () => {
    const sandbox = makeSandbox();
    const sizes: number[] = [];
    // Seven days of hourly runs leave the same as one: the last attempts, and the sums of the counts.
    for (let week = 0; week < 53; week += 1) {
      const now = NOW + week * 7 * DAY;
      const release = Math.floor(week / 13);
      const name = (index: number) => `host-${index}.release-${release}.example`;
      const news = {
        certificates: many(1000, name, () => failed(now)),
        responders: many(
          28,
          (index) => `http://ocsp-${index}.week-${week}.example`,
          () => ({ attempts: 168_000, failures: 9 }),
        ),
        days: many(
          7,
          (day) => dayOf(now + day * DAY),
          () => ({ renewed: 300, failed: 700 }),
        ),
        reloads: many(
          16,
          (index) => `service-${index}`,
          () => ({ at: now, outcome: 'reloaded' }),
        ),
      };
      expect(await add(sandbox, news, now)).toEqual([]);
      sizes.push(sandbox.read('attempts.json').length);
    }
    expect(Math.max(...sizes)).toBeLessThan(MOST);
    const { certificates, responders, days } = known(sandbox);
    expect(certificates.get('host-999.release-4.example')?.at).toBe(NOW + 364 * DAY);
    expect(responders.has('http://ocsp-27.week-52.example')).toBe(true);
    const lastDays = Array.from({ length: 60 }, (_, index) => dayOf(NOW + (371 - 60 + index) * DAY));
    expect([...days.keys()]).toEqual(lastDays);
  });

  test('stays within 5 MiB whatever the names are, and the youngest are kept', async () => {
    const sandbox = makeSandbox();
    const long = '"\u0001é'.repeat(300);
    const news = {
      certificates: oldestFirst(
        many(
          20_000,
          (index) => `${index}${long}`,
          (index) => failed(NOW - index * HOUR),
        ),
      ),
      responders: many(
        2000,
        (index) => `http://${'r'.repeat(2000)}${index}`,
        () => ({ attempts: 1, failures: 1 }),
      ),
      reloads: oldestFirst(
        many(
          2000,
          (index) => `${index}${long}`,
          (index) => ({ at: NOW - index, outcome: 'failed' }),
        ),
      ),
      days: new Map([[dayOf(NOW), { renewed: 0, failed: 9 }]]),
    };
    await add(sandbox, news);
    expect(sandbox.read('attempts.json').length).toBeLessThan(MOST);
    const first = known(sandbox);
    expect(first.certificates.has(`0${long}`)).toBe(true);
    expect(first.certificates.has(`19999${long}`)).toBe(false);
    expect(first.reloads.has(`0${long}`)).toBe(true);
    expect(first.days.size).toBe(1);
    const huge = 'x'.repeat(MOST);
    await add(sandbox, {
      certificates: new Map([
        [huge, failed(NOW + 1)],
        ['new.example', failed(NOW + 1)],
      ]),
      responders: new Map([['http://new.example', { attempts: 2, failures: 0 }]]),
    });
    expect(sandbox.read('attempts.json').length).toBeLessThan(MOST);
    expect(known(sandbox).certificates.has(huge)).toBe(false);
    expect(known(sandbox).certificates.has('new.example')).toBe(true);
    expect(known(sandbox).responders.get('http://new.example')).toEqual({ attempts: 2, failures: 0 });
  });

  test('a responder that is asked again is not the oldest any more', async () => {
    const sandbox = makeSandbox();
    const count = { attempts: 1, failures: 0 };
    const full = many(
      LIMITS.attemptsKept.responders.count,
      (index) => `http://${index}.example`,
      () => count,
    );
    await add(sandbox, { responders: full });
    await add(sandbox, { responders: new Map([['http://0.example', count]]) });
    await add(sandbox, { responders: new Map([['http://new.example', count]]) });
    const { responders } = known(sandbox);
    expect(responders.size).toBe(LIMITS.attemptsKept.responders.count);
    expect(responders.get('http://0.example')).toEqual({ attempts: 2, failures: 0 });
  });
});

test('days are in order, whichever clock a run had', async () => {
  const sandbox = makeSandbox();
  const count = { renewed: 1, failed: 0 };
  for (const day of [2, 1, 3]) await add(sandbox, { days: new Map([[dayOf(NOW + day * DAY), count]]) });
  expect([...known(sandbox).days.keys()]).toEqual([1, 2, 3].map((day) => dayOf(NOW + day * DAY)));
});

describe('a record', () => {
  const good = failed(NOW);
  const read = (part: keyof Attempts, record: unknown) => {
    const sandbox = makeSandbox();
    const name = part === 'days' ? dayOf(NOW) : 'a';
    sandbox.write('attempts.json', JSON.stringify({ schema: 1, [part]: { [name]: record } }));
    return known(sandbox)[part].get(name);
  };

  test.each<[keyof Attempts, object]>([
    ['certificates', { ...good, issuer: 'revoked' }],
    ['responders', { attempts: 2, failures: 1 }],
    ['days', { renewed: 2, failed: 1 }],
    ['reloads', { at: NOW, outcome: 'reloaded' }],
  ])('of %s is read', (part, record) => expect(read(part, record)).toEqual(record));

  test.each<[keyof Attempts, object]>([
    ['certificates', { ...good, serial: 5 }],
    ['certificates', { ...good, at: 'today' }],
    ['certificates', { ...good, outcome: '\u001b[31m' }],
    ['certificates', { ...good, reason: undefined }],
    ['responders', { attempts: 2 }],
    ['responders', { attempts: '2', failures: 1 }],
    ['days', { renewed: 2, failed: -1 }],
    ['days', { renewed: 0.5, failed: 1 }],
    ['reloads', { at: NOW, outcome: 'A sentence' }],
    ['reloads', { at: -1, outcome: 'reloaded' }],
  ])('of %s that is damaged is none: %j', (part, record) => expect(read(part, record)).toBeUndefined());

  test('has no word about the issuer but that it is revoked', () => {
    expect(read('certificates', { ...good, issuer: 'x' })).toEqual(good);
  });
});

describe('a damaged file', () => {
  const whole = {
    schema: 1,
    certificates: { 'a.example': failed(NOW) },
    responders: {},
    days: {},
    reloads: {},
  };
  const text = JSON.stringify(whole);
  const news = { certificates: new Map([['b.example', failed(NOW)]]) };

  test.each<[string, string]>([
    ['empty', ''],
    ['truncated', text.slice(0, -5)],
    ['garbage', '\0\u001b[31m\xff'],
    ['of another schema', JSON.stringify({ ...whole, schema: 2 })],
    ['of another shape', '[1]'],
    ['with a damaged part', JSON.stringify({ ...whole, days: 7 })],
    ['with a damaged record', JSON.stringify({ ...whole, certificates: { ...whole.certificates, b: {} } })],
    ['with a day that is none', JSON.stringify({ ...whole, days: { zzzz: { renewed: 1, failed: 1 } } })],
    ['too large', JSON.stringify({ ...whole, more: 'x'.repeat(LIMITS.memoryFile) })],
  ])('that is %s is put aside by the next run that writes, which tells it once', async (_, damaged) => {
    const sandbox = makeSandbox();
    sandbox.write('attempts.json.damaged', 'the one before');
    sandbox.write('attempts.json', damaged);
    known(sandbox);
    expect(await add(sandbox, {})).toEqual([]);
    expect(sandbox.text('attempts.json')).toBe(damaged);
    const notes = await add(sandbox, news);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain(`${sandbox.path('attempts.json')} `);
    expect(notes[0]).toContain('attempts.json.damaged');
    expect(notes[0]).not.toContain('\u001b');
    expect(sandbox.list()).toEqual(['attempts.json', 'attempts.json.damaged']);
    expect(sandbox.text('attempts.json.damaged')).toBe(damaged);
    expect(known(sandbox).certificates.has('b.example')).toBe(true);
    expect(await add(sandbox, news)).toEqual([]);
    expect(sandbox.text('attempts.json.damaged')).toBe(damaged);
  });

  test('loses nothing that can be read', async () => {
    const sandbox = makeSandbox();
    sandbox.write('attempts.json', JSON.stringify({ ...whole, days: 7 }));
    expect(await add(sandbox, news)).toHaveLength(1);
    expect([...known(sandbox).certificates.keys()].toSorted()).toEqual(['a.example', 'b.example']);
  });

  test('of an earlier version, which had fewer parts, is whole', async () => {
    const sandbox = makeSandbox();
    sandbox.write('attempts.json', JSON.stringify({ schema: 1, certificates: whole.certificates }));
    expect(await add(sandbox, news)).toEqual([]);
    expect(known(sandbox).certificates.size).toBe(2);
  });

  test('stays in its place while there is no room for a new one', async () => {
    const sandbox = makeSandbox();
    sandbox.write('attempts.json', '{');
    const tools = realTools();
    const full = Object.assign(new Error('ENOSPC: no space left on device'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    const files = { ...tools.files, create: () => Promise.reject(full) };
    const adding = addAttempts(sandbox.folder, { ...NOTHING, ...news }, { ...tools, files });
    await expect(adding).rejects.toMatchObject({ code: 'no-space' });
    expect(sandbox.text('attempts.json')).toBe('{');
    expect(await add(sandbox, news)).toEqual([expect.stringContaining('attempts.json.damaged')]);
  });

  test('is told with what to do if it cannot be put aside', async () => {
    const sandbox = makeSandbox();
    sandbox.write('attempts.json', '{');
    sandbox.write('attempts.json.damaged/file', '');
    await expect(add(sandbox, news)).rejects.toMatchObject({
      code: 'target-unsuitable',
      message: `cannot put aside the damaged ${sandbox.path('attempts.json')}: illegal operation on a directory (EISDIR)`,
    });
    expect(sandbox.text('attempts.json')).toBe('{');
  });
});
