import { describe, expect, test } from 'vitest';
import { chooseResponders } from '../../src/client/responder-url.js';

const HTTP = 'http://ocsp.example.com';
const LDAP = 'ldap://directory.example.com/cn=ocsp';

const MANY = Array.from({ length: 100 }, (_, index) => `http://${index}.example.com/`);

function choose(certificateUrls: string[], override?: string): string[] {
  return chooseResponders({ certificateUrls, override }).map((url) => url.href);
}

function refusal(certificateUrls: string[], override?: string): unknown {
  try {
    return choose(certificateUrls, override);
  } catch (error) {
    return error;
  }
}

describe('chooseResponders', () => {
  test.each([
    ['the only URL', [HTTP], undefined, [`${HTTP}/`]],
    ['https as well', ['https://ocsp.example.com/a'], undefined, ['https://ocsp.example.com/a']],
    ['all URLs in their order', ['http://b/', 'http://a/'], undefined, ['http://b/', 'http://a/']],
    ['no LDAP', [LDAP, HTTP], undefined, [`${HTTP}/`]],
    ['an override instead', [HTTP], 'http://internal:8080/ocsp', ['http://internal:8080/ocsp']],
    ['an override without any URL', [], 'http://internal/', ['http://internal/']],
    ['no fragment', ['http://a/b#c'], undefined, ['http://a/b']],
    ['a few of many', MANY, undefined, MANY.slice(0, 4)],
    ['one that is there twice once', [HTTP, `${HTTP}/`], undefined, [`${HTTP}/`]],
    ['the usable one behind many others', [...Array<string>(50).fill(LDAP), HTTP], undefined, [`${HTTP}/`]],
  ])('gives %s', (_, urls, override, expected) => {
    expect(choose(urls, override)).toEqual(expected);
  });

  test('gives those of this certificate, whatever the one before had', () => {
    for (const second of ['b', 'c', 'b'])
      expect(choose(['http://a/', `http://${second}/`])).toEqual(['http://a/', `http://${second}/`]);
    expect(choose(['http://a/'])).toEqual(['http://a/']);
  });

  test.each([
    ['no URL', [], undefined, 'no-responder', /names no OCSP responder/],
    ['LDAP only', [LDAP], undefined, 'url-unsupported', /"ldap:\/\/directory.* is neither http nor https/],
    ['a file', ['file:///etc/passwd'], undefined, 'url-unsupported', /neither http nor https/],
    [
      'no URL at all',
      ['ocsp.example.com'],
      undefined,
      'url-unsupported',
      /"ocsp\.example\.com" is not a URL/,
    ],
    ['an empty URL', [''], undefined, 'url-unsupported', /"" is not a URL/],
    ['a control character', ['\u001b[31mred'], undefined, 'url-unsupported', /\\\\x1b\[31mred/],
    ['too long', [`http://a/${'b'.repeat(2048)}`], undefined, 'url-unsupported', /longer than 2048/],
    [
      'a password',
      ['http://me:secret@a/'],
      undefined,
      'url-unsupported',
      /^(?!.*secret).*for a has a user name/,
    ],
    ['a user', ['http://me@a/'], undefined, 'url-unsupported', /for a has a user name/],
    ['an override of LDAP', [HTTP], LDAP, 'url-unsupported', /^ocsp_responder_uri .*neither/],
    ['an override without a scheme', [HTTP], 'localhost:8080', 'url-unsupported', /^ocsp_responder_uri/],
    ['an override with a password', [HTTP], 'http://me:secret@a/', 'url-unsupported', /^(?!.*secret)/],
  ])('refuses %s', (_, urls, override, code, words) => {
    expect(refusal(urls, override)).toMatchObject({
      code,
      message: expect.stringMatching(words),
      hint: expect.stringMatching(/^set ocsp_responder_uri/),
    });
  });
});
