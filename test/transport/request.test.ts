import { describe, expect, test } from 'vitest';
import { planRequest } from '../../src/transport/request.js';

/** Its base64 is `+/+/+w==`: all of the characters that a path may not have bare. */
const DER = Uint8Array.of(0xfb, 0xff, 0xbf, 0xfb);
const ENCODED = '%2B%2F%2B%2F%2Bw%3D%3D';

function plan(responder: string, method: 'auto' | 'get' | 'post' = 'auto', der: Uint8Array = DER) {
  return planRequest({ responder: new URL(responder), der, method, userAgent: 'ocspbot/0' });
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
    expect(plan(responder)).toEqual({
      method: 'GET',
      url,
      headers: { accept: 'application/ocsp-response', 'user-agent': 'ocspbot/0' },
    });
  });

  test('POST goes to the URL as written, with the DER for its body', () => {
    expect(plan('http://a/ocsp/', 'post')).toEqual({
      method: 'POST',
      url: 'http://a/ocsp/',
      headers: {
        accept: 'application/ocsp-response',
        'content-type': 'application/ocsp-request',
        'user-agent': 'ocspbot/0',
      },
      body: DER,
    });
  });

  /** 9 + n + 1 + 22 octets of URL. */
  const path = (length: number) => `http://a/${'p'.repeat(length - 10 - ENCODED.length)}`;

  test.each([
    [255, 'auto', 'GET'],
    [256, 'auto', 'POST'],
    [256, 'get', 'GET'],
    [255, 'post', 'POST'],
  ] as const)('a URL of %i octets with method %s is a %s', (length, setting, method) => {
    const planned = plan(path(length), setting);
    expect(planned.method).toBe(method);
    if (method === 'GET') expect(planned.url).toHaveLength(length);
  });

  test('the length is that after the encoding', () => {
    const plain = Uint8Array.of(0, 0, 0, 0); // AAAAAA== : two characters to encode, not seven
    expect(plan(path(256), 'auto', plain).method).toBe('GET');
  });

  test.each(['auto', 'get', 'post'] as const)('a URL with a query is POSTed to, with method %s', (method) => {
    expect(plan('http://a/ocsp?ca=1', method)).toMatchObject({ method: 'POST', url: 'http://a/ocsp?ca=1' });
  });
});
