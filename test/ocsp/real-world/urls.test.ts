import { describe, expect, test } from 'vitest';
import { chooseResponders } from '../../../src/client/responder-url.js';
import { readCertificate } from '../../../src/x509/certificate.js';
import { ocspUrls } from '../../../src/x509/extensions.js';
import { makeCertificate } from '../../support/ca.js';
import { ia5, implicit, oid, seq, tlv } from '../../support/der.js';
import { extension } from '../../support/extensions.js';
import { issuer, named } from './judging.js';

describe('OCSP URLs of a certificate', () => {
  const access = (id: string, location: Uint8Array) => seq(oid(id), location);
  const OCSP = '1.3.6.1.5.5.7.48.1';
  const CA_ISSUERS = '1.3.6.1.5.5.7.48.2';
  const url = (text: string) => implicit(6, ia5(text));
  const directoryName = tlv(0xa4, named('Directory'));
  test.each([
    [
      'two of http',
      [access(OCSP, url('http://a/')), access(OCSP, url('http://b/'))],
      ['http://a/', 'http://b/'],
    ],
    ['ldap first', [access(OCSP, url('ldap://d/cn=o')), access(OCSP, url('http://a/'))], ['http://a/']],
    [
      'ldap between',
      ['http://a/', 'ldaps://d/', 'https://b/x'].map((text) => access(OCSP, url(text))),
      ['http://a/', 'https://b/x'],
    ],
    ['upper case', [access(OCSP, url('HTTP://OCSP.Example.COM/Path'))], ['http://ocsp.example.com/Path']],
    ['blanks around', [access(OCSP, url(' http://a/ '))], ['http://a/']],
    ['an address of IPv6', [access(OCSP, url('http://[2001:db8::1]:8080/'))], ['http://[2001:db8::1]:8080/']],
    ['a port that is the usual', [access(OCSP, url('http://a:80'))], ['http://a/']],
    [
      'caIssuers before',
      [access(CA_ISSUERS, url('http://ca/')), access(OCSP, url('http://a/'))],
      ['http://a/'],
    ],
    ['a directoryName before', [access(OCSP, directoryName), access(OCSP, url('http://a/'))], ['http://a/']],
    ['the same twice', [access(OCSP, url('http://a/')), access(OCSP, url('http://a/'))], ['http://a/']],
  ])('%s', (_, descriptions, expected) => {
    expect(chosen(descriptions)).toEqual(expected);
  });

  test.each([
    [
      'ldap and a directoryName',
      [access(OCSP, url('ldap://d/')), access(OCSP, directoryName)],
      'url-unsupported',
    ],
    ['a directoryName only', [access(OCSP, directoryName)], 'no-responder'],
    ['caIssuers only', [access(CA_ISSUERS, url('http://ca/'))], 'no-responder'],
    ['an empty URL', [access(OCSP, url(''))], 'url-unsupported'],
  ])('none to be used: %s', (_, descriptions, code) => {
    expect(() => chosen(descriptions)).toThrow(expect.objectContaining({ code }));
  });

  function chosen(descriptions: readonly Uint8Array[]): string[] {
    const extraExtensions = [extension('1.3.6.1.5.5.7.1.1', seq(...descriptions))];
    const certificate = makeCertificate({ subject: 'leaf.example', issuer, extraExtensions });
    const certificateUrls = ocspUrls(readCertificate(certificate.der));
    return chooseResponders({ certificateUrls, override: undefined }).map(({ href }) => href);
  }
});
