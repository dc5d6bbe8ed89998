import { describe, expect, test } from 'vitest';
import { decode, encode, openHistoryStore } from '../../src/client/history-file.js';
import { NOTHING, type HistoryContents } from '../../src/client/history-records.js';
import { parseRecord } from '../../src/util/json.js';
import { LIMITS } from '../../src/util/limits.js';
import { DAY, HOUR } from '../../src/util/time.js';
import { realTools } from '../installation/support/tools.js';
import { makeSandbox } from '../support/sandbox.js';

const NOW = Date.parse('2026-11-24T10:00:00Z');
const WAIT = { since: NOW - HOUR, until: NOW + HOUR, why: 'timeout', count: 3 };
const FORM = { method: 'post', hash: 'sha256', since: NOW - DAY } as const;
const DIGEST = 'ab'.repeat(32);
const COPY = { digest: DIGEST, etag: '"1"', lastModified: 'Tue, 24 Nov 2026 10:00:00 GMT' };

function read(text: string): HistoryContents | undefined {
  const record = parseRecord(Buffer.from(text));
  return record && decode(record).content;
}

function readRecords(responders: unknown, certificates: unknown): HistoryContents | undefined {
  return read(JSON.stringify({ schema: 1, responders, certificates }));
}

test('what is written is read', () => {
  const remembered: HistoryContents = {
    responders: new Map([
      ['http://a/', { form: FORM, wait: undefined }],
      ['http://b/', { form: undefined, wait: WAIT }],
      ['http://c/', { form: { ...FORM, method: 'get', hash: 'sha1' }, wait: undefined }],
    ]),
    certificates: new Map([['00ff', { wait: WAIT, copy: COPY }]]),
  };
  expect(read(encode(remembered, NOW))).toEqual(remembered);
});

test.each([
  ['is empty', ''],
  ['is truncated', '{'],
  ['is null', 'null'],
  ['is a list', '[]'],
  ['is a text', '"text"'],
  ['is an empty object', '{}'],
  ['has a list of records', '{"schema":1,"responders":[],"certificates":{}}'],
  ['has a damaged record', '{"schema":1,"responders":{},"certificates":{"00":{}}}'],
  ['has another schema', '{"schema":2,"responders":{},"certificates":{}}'],
  ['is binary', '\0\0\0\0'],
  ['is too large', `{"schema":1,"more":"${'x'.repeat(LIMITS.memoryFile)}"}`],
])('a file that %s counts as empty, and is put aside when a new one is written', async (_, text) => {
  const sandbox = makeSandbox();
  const tools = realTools({ now: NOW });
  const openStore = () => openHistoryStore(sandbox.folder, { ...tools, dryRun: false });
  sandbox.write('responders.json', text);
  const [idle, store] = [openStore(), openStore()];
  expect(idle.history().content).toEqual(NOTHING);
  expect(await idle.save()).toEqual([]);
  expect(sandbox.list()).toEqual(['responders.json']);
  store.history().failed('00ff', 'timeout');
  expect(await store.save()).toEqual([expect.stringContaining('responders.json.damaged')]);
  expect(sandbox.text('responders.json.damaged')).toBe(text);
  expect(openStore().history().content.certificates.size).toBe(1);
});

test.each([
  ['lists', [], []],
  ['numbers', 1, 2],
  ['records that are none', { a: null, b: 1, c: [] }, { a: null, b: 'x' }],
])('%s for records are none', (_, responders, certificates) => {
  expect(readRecords(responders, certificates)).toEqual(NOTHING);
});

test.each([
  ['since', -1],
  ['since', '1'],
  ['since', 1.5],
  ['since', 1e300],
  ['until', null],
  ['count', 0],
  ['count', 1e9],
  ['why', '\u001b[31m'],
  ['why', 'A sentence'],
  ['why', 'x'.repeat(41)],
  ['why', ''],
])('a wait whose %s is %j is none', (name, value) => {
  const wait = { ...WAIT, [name]: value };
  expect(readRecords({ 'http://a/': { wait } }, { '00': { wait } })).toEqual({
    responders: new Map([['http://a/', { form: undefined, wait: undefined }]]),
    certificates: new Map(),
  });
});

test.each([
  ['method', 'put'],
  ['hash', 'md5'],
  ['since', undefined],
])('a form whose %s is %j is none', (name, value) => {
  const found = readRecords({ 'http://a/': { form: { ...FORM, [name]: value } } }, {});
  expect(found?.responders.get('http://a/')?.form).toBeUndefined();
});

test.each([
  ['etag', '"1"\r\nx-injected: yes'],
  ['etag', 'unquoted'],
  ['etag', 5],
  ['lastModified', 'yesterday\r\nx: y'],
])('%s %j does not get into a header', (name, value) => {
  const found = readRecords({}, { '00': { wait: WAIT, copy: { ...COPY, [name]: value } } });
  expect(found?.certificates.get('00')?.copy).toEqual({ ...COPY, [name]: undefined });
});

test.each(['', 'AB'.repeat(32), 5])('a copy whose digest is %j is none', (digest) => {
  const found = readRecords({}, { '00': { wait: WAIT, copy: { ...COPY, digest } } });
  expect(found?.certificates.get('00')).toEqual({ wait: WAIT, copy: undefined });
});

test.each([
  ['a dry run', true],
  ['a run without a state folder', false],
])('%s writes nothing', async (_, dryRun) => {
  const sandbox = makeSandbox();
  const store = openHistoryStore(dryRun ? sandbox.folder : undefined, { ...realTools({ now: NOW }), dryRun });
  store.history().failed('00ff', 'timeout');
  expect(await store.save()).toEqual([]);
  expect(sandbox.list()).toEqual([]);
});

test('names that objects have by nature are names like others', () => {
  const text = `{"schema":1,"responders":{"__proto__":{"wait":${JSON.stringify(WAIT)}},"constructor":{}},"certificates":{}}`;
  expect([...(read(text)?.responders.keys() ?? [])]).toEqual(['__proto__', 'constructor']);
  expect(({} as { wait?: unknown }).wait).toBeUndefined();
});

describe('what is written', () => {
  const many = (count: number) =>
    new Map(
      Array.from({ length: count }, (_, index) => [
        String(index),
        { wait: { ...WAIT, since: NOW - count + index } },
      ]),
    );

  test('has a limit, beyond which the oldest goes, and is small enough to be read', () => {
    const remembered = {
      responders: many(LIMITS.rememberedResponders.count + 5),
      certificates: many(LIMITS.rememberedCertificates.count + 5),
    };
    const text = encode(remembered, NOW);
    const found = read(text);
    expect(found?.responders.size).toBe(LIMITS.rememberedResponders.count);
    expect(found?.certificates.size).toBe(LIMITS.rememberedCertificates.count);
    expect(found?.certificates.has('4')).toBe(false);
    expect(found?.certificates.has('5')).toBe(true);
    expect(text.length).toBeLessThan(LIMITS.memoryFile / 2);
  });

  test('is small enough to be read, however long the URLs and entity tags are', () => {
    const record = { wait: WAIT, copy: { ...COPY, etag: `"${'e'.repeat(128)}"` } };
    const named = <T>(count: number, name: string, value: T) =>
      new Map(Array.from({ length: count }, (_, index) => [`${name}${index}`, value]));
    const remembered = {
      responders: named(1000, `http://a/${'é'.repeat(1000)}`, { form: FORM, wait: WAIT }),
      certificates: named(20_000, DIGEST, record),
    };
    const text = encode(remembered, NOW);
    expect(Buffer.byteLength(text)).toBeLessThan(LIMITS.memoryFile);
    expect(read(text)?.certificates.size).toBeGreaterThan(10_000);
  });

  test.each([
    ['older than a month', NOW - LIMITS.rememberedFor],
    ['from a far future', NOW + LIMITS.rememberedFor],
  ])('leaves out what is %s', (_, since) => {
    const certificates = new Map([['00', { wait: { ...WAIT, since } }]]);
    expect(read(encode({ responders: new Map(), certificates }, NOW))).toEqual(NOTHING);
  });
});
