import { describe, expect, test } from 'vitest';
import { acceptBody } from '../../src/client/accept.js';
import type { HttpResponse } from '../../src/http/types.js';

const REQUEST = { method: 'GET', url: 'http://ocsp.example/', headers: {} } as const;
const OCSP = { 'content-type': 'application/ocsp-response' };
const DIRECT = { address: '192.0.2.1', proxy: undefined };
const DER = Uint8Array.of(0x30, 0);

function accept(response: Partial<HttpResponse>): Uint8Array {
  return acceptBody(REQUEST, { status: 200, headers: OCSP, body: DER, peer: DIRECT, ...response });
}

function refusal(response: Partial<HttpResponse>): unknown {
  try {
    return accept(response);
  } catch (error) {
    return error;
  }
}

describe('a coding', () => {
  test.each([
    ['content-encoding', 'identity'],
    ['content-encoding', ' Identity '],
    ['content-encoding', ''],
    ['transfer-encoding', 'chunked'],
  ])('%s: %j is none', (name, value) => {
    expect(accept({ headers: { ...OCSP, [name]: value } })).toBe(DER);
  });

  test.each([
    ['content-encoding', 'gzip'],
    ['transfer-encoding', 'gzip, chunked'],
  ])('%s: %s is refused', (name, value) => {
    expect(refusal({ headers: { ...OCSP, [name]: value } })).toMatchObject({
      code: 'content-encoding',
      message: expect.stringContaining(`in the coding "${value}"`),
    });
  });
});

describe('the hint', () => {
  test.each([
    [204, /has no response to give/],
    [300, /check that the URL is that of an OCSP responder/],
    [401, /does not let this machine ask/],
    [403, /does not let this machine ask/],
    [404, /nothing is there/],
    [405, /does not like the form of the request/],
    [407, /the proxy wants a user/],
    [410, /nothing is there/],
    [415, /does not like the form of the request/],
    [418, /check that the URL is that of an OCSP responder/],
    [429, /asked again in the next run/],
    [500, /asked again in the next run/],
    [511, /does not let this machine ask/],
  ])('of status %i', (status, hint) => {
    expect(refusal({ status })).toMatchObject({ code: 'http-status', hint: expect.stringMatching(hint) });
  });

  test.each([
    ['DER', DER, /the responder must call it application\/ocsp-response/],
    ['text', Buffer.from('text'), /check that the URL is that of an OCSP responder/],
  ])('of %s of another media type', (_, body, hint) => {
    const headers = { 'content-type': 'application/octet-stream' };
    expect(refusal({ headers, body })).toMatchObject({
      code: 'media-type',
      hint: expect.stringMatching(hint),
    });
  });
});

test.each([
  ['of a proxy', 'http://proxy.example/', 'proxy-failure'],
  ['without one', undefined, 'http-status'],
])('407 %s', (_, proxy, code) => {
  expect(refusal({ status: 407, peer: { ...DIRECT, proxy } })).toMatchObject({ code });
});

test('511 is the status of captive portals', () => {
  const portal = expect.stringContaining('captive portal');
  expect(refusal({ status: 511 })).toMatchObject({ message: portal });
  expect(refusal({ status: 500 })).not.toMatchObject({ message: portal });
});
