import { describe, expect, test } from 'vitest';
import type { RequestForm } from '../../src/client/attempt.js';
import { isPossible, planRequest } from '../../src/client/request.js';

/** Its base64 is `+/+/+w==`: all of the characters that a path may not have bare. */
const DER = Uint8Array.of(0xfb, 0xff, 0xbf, 0xfb);
const ENCODED = '%2B%2F%2B%2F%2Bw%3D%3D';
const HEADERS = { Accept: 'application/ocsp-response', 'User-Agent': 'ocspbot/0' };

interface Circumstances {
  readonly caches?: 'used' | 'bypassed';
  readonly validators?: { etag?: string; lastModified?: string };
}

function plan(
  responder: string,
  method: RequestForm['method'],
  { caches = 'used', validators }: Circumstances = {},
) {
  const attempt = { responder: new URL(responder), form: { method, hash: 'sha1' }, caches } as const;
  return planRequest({ attempt, der: DER, validators, userAgent: 'ocspbot/0' });
}

describe('planRequest', () => {
  test.each([
    ['http://a', `http://a/${ENCODED}`],
    ['http://a/', `http://a/${ENCODED}`],
    ['http://a/ocsp', `http://a/ocsp/${ENCODED}`],
    ['http://a/ocsp/', `http://a/ocsp/${ENCODED}`],
    ['http://a/ocsp//', `http://a/ocsp/${ENCODED}`],
    ['https://a:8443/x%20y', `https://a:8443/x%20y/${ENCODED}`],
    ['http://a/ocsp?', `http://a/ocsp/${ENCODED}`],
    ['http://[::1]:80/', `http://[::1]/${ENCODED}`],
  ])('GET: %s becomes %s', (responder, url) => {
    expect(plan(responder, 'get')).toEqual({ method: 'GET', url, headers: HEADERS });
  });

  test('GET: a URL of a million slashes is made in linear time', () => {
    const path = `${'/'.repeat(1_000_000)}x`;
    expect(plan(`http://a${path}/`, 'get').url).toBe(`http://a${path}/${ENCODED}`);
  });

  test('POST goes to the URL as written, with the DER for its body', () => {
    expect(plan('http://a/ocsp/', 'post')).toEqual({
      method: 'POST',
      url: 'http://a/ocsp/',
      headers: { ...HEADERS, 'Content-Type': 'application/ocsp-request' },
      body: DER,
    });
  });

  const etag = '"1"';
  const lastModified = 'Tue, 24 Nov 2026 10:00:00 GMT';

  test.each<[string, Circumstances, object]>([
    ['past caches', { caches: 'bypassed' }, { 'Cache-Control': 'no-cache' }],
    [
      'unless it is known by an entity tag',
      { validators: { etag, lastModified } },
      { 'If-None-Match': etag },
    ],
    ['unless it is as old', { validators: { lastModified } }, { 'If-Modified-Since': lastModified }],
    [
      'without a condition past caches',
      { caches: 'bypassed', validators: { etag } },
      { 'Cache-Control': 'no-cache' },
    ],
  ])('GET %s', (_, circumstances, further) => {
    expect(plan('http://a/', 'get', circumstances).headers).toEqual({ ...HEADERS, ...further });
  });

  test('POST knows neither caches nor conditions', () => {
    const type = { 'Content-Type': 'application/ocsp-request' };
    const circumstances = { caches: 'bypassed', validators: { etag } } as const;
    expect(plan('http://a/', 'post', circumstances).headers).toEqual({ ...HEADERS, ...type });
  });
});

describe('isPossible', () => {
  type Method = 'auto' | 'get' | 'post';

  /** In the order GET, POST. */
  function methods(responder: string, method: Method, der = DER): boolean[] {
    const can = (one: RequestForm['method']) =>
      isPossible({ method: one, hash: 'sha1' }, new URL(responder), { method, hash: 'auto' }, () => der);
    return [can('get'), can('post')];
  }

  /** 9 + n + 1 + 22 octets of URL. */
  const path = (length: number) => `http://a/${'p'.repeat(length - 10 - ENCODED.length)}`;

  test.each<[number, Method, boolean[]]>([
    [255, 'auto', [true, true]],
    [256, 'auto', [false, true]],
    [256, 'get', [true, false]],
    [255, 'post', [false, true]],
  ])('a URL of %i octets with method %s: GET, POST %j', (length, method, expected) => {
    expect(methods(path(length), method)).toEqual(expected);
    expect(plan(path(length), 'get').url).toHaveLength(length);
  });

  test('the length is that after the encoding', () => {
    const plain = Uint8Array.of(0, 0, 0, 0); // AAAAAA== : two characters to encode, not seven
    expect(methods(path(256), 'auto', plain)).toEqual([true, true]);
  });

  test.each<Method>(['auto', 'get', 'post'])('a URL with a query is POSTed to, with method %s', (method) => {
    expect(methods('http://a/ocsp?ca=1', method)).toEqual([false, true]);
  });

  test.each([
    ['auto', true, true],
    ['sha1', true, false],
    ['sha256', false, true],
  ] as const)('hash %s: SHA-1 %s, SHA-256 %s', (hash, sha1, sha256) => {
    const can = (one: RequestForm['hash']) =>
      isPossible({ method: 'post', hash: one }, new URL('http://a/'), { method: 'auto', hash }, () => DER);
    expect([can('sha1'), can('sha256')]).toEqual([sha1, sha256]);
  });
});
