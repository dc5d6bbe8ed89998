import { describe, expect, test } from 'vitest';
import { readCertificate } from '../../../src/x509/certificate.js';
import { findIssuer } from '../../../src/x509/chain.js';
import { makeCertificate, makeResponse } from '../../support/ca.js';
import { oid, seq, set, tlv } from '../../support/der.js';
import { responderByName } from '../../support/responses.js';
import {
  BMP,
  delegate,
  judge,
  load,
  named,
  outcome,
  PRINTABLE,
  root,
  subjectOf,
  TELETEX,
  TIMES,
  UTF8,
} from './judging.js';

describe('names', () => {
  const attribute = (type: string, text: string) => seq(oid(type), tlv(UTF8, Buffer.from(text)));
  test.each([
    ['UTF-8', named('Zürich Vertrauen – 東京 🔒')],
    ['right to left', named('רשות אישורים')],
    ['cut for messages within a character', named(`${'a'.repeat(63)}ü`)],
    ['a length of one octet, the last', named('a'.repeat(116))],
    ['a length of two octets', named('a'.repeat(250))],
    ['a length of three octets', named('a'.repeat(70_000))],
    ['a hundred attributes', seq(...Array<Uint8Array>(100).fill(set(attribute('2.5.4.11', 'Unit'))))],
    ['two attributes of one RDN', seq(set(attribute('2.5.4.3', 'CA'), attribute('2.5.4.10', 'Org')))],
    ['BMPString', named('Zürich', BMP)],
    ['TeletexString', named('Z\u00fcrich', TELETEX)],
    ['no common name', seq(set(attribute('2.5.4.10', 'Org')))],
    ['an unknown attribute', seq(set(attribute('1.3.6.1.4.1.99999.9', 'x')))],
  ])('%s', (_, name) => {
    const own = makeCertificate({ subject: name, issuer: root, ca: true });
    for (const [issuer, signer] of [
      [own, own],
      [root, delegate(root, { subject: name })],
    ] as const) {
      const certificate = makeCertificate({ subject: 'leaf.example', issuer });
      const der = makeResponse({ issuer, signer, certificate, ...TIMES });
      const examination = judge(der, { subject: load(certificate, issuer) });
      expect(outcome(examination)).toBe('good');
      for (const { evidence } of examination.checks) expect(evidence()).toMatch(/^[^\p{Cc}]{2,300}$/u);
    }
  });
});

/** RFC 5280 §7.1 would compare the text; the hash of a CertID is over the octets, and so is what we compare. */
describe('the same text in other octets is another name', () => {
  const utf8 = makeCertificate({ subject: named('Issuer of Names'), issuer: root, ca: true });
  const printable = named('Issuer of Names', PRINTABLE);
  const certificate = makeCertificate({ subject: 'leaf.example', issuer: utf8 });
  const options = { subject: subjectOf(certificate, utf8) };
  const asPrintable = { ...utf8, name: printable };

  test.each([
    ['as it is', {}, 'good'],
    ['the responderID', { responderId: responderByName(printable) }, 'responder-id-mismatch'],
    ['the CertID', { issuer: asPrintable, responderId: 'byKey' as const }, 'certid-mismatch'],
    ['the issuer of a delegate', { signer: delegate(asPrintable) }, 'signer-not-authorized'],
    ['by key, the name does not matter', { responderId: 'byKey' as const }, 'good'],
    ['other case', { responderId: responderByName(named('ISSUER OF NAMES')) }, 'responder-id-mismatch'],
    ['a blank more', { responderId: responderByName(named('Issuer of  Names')) }, 'responder-id-mismatch'],
  ])('PrintableString and UTF8String: %s', (_, changes, expected) => {
    const der = makeResponse({ issuer: utf8, signer: utf8, certificate, ...TIMES, ...changes });
    expect(outcome(judge(der, options))).toBe(expected);
  });

  test('ü as one character or as two', () => {
    const composed = makeCertificate({ subject: named('Z\u00fcrich'), issuer: root, ca: true });
    const certificate = makeCertificate({ subject: 'leaf.example', issuer: composed });
    const responderId = responderByName(named('Zu\u0308rich'));
    const der = makeResponse({ issuer: composed, certificate, responderId, ...TIMES });
    expect(outcome(judge(der, { subject: subjectOf(certificate, composed) }))).toBe('responder-id-mismatch');
  });

  const odd = makeCertificate({ subject: 'leaf.example', issuer: asPrintable });

  test('a certificate that writes its issuer otherwise has none, and that is said', () => {
    expect(() => findIssuer(readCertificate(odd.der), [readCertificate(utf8.der)], 'chain.pem')).toThrow(
      expect.objectContaining({
        code: 'issuer-not-found',
        message: expect.stringMatching(
          /^chain\.pem: the key of "Issuer of Names" signed .* of other octets$/,
        ),
        hint: expect.stringContaining('RFC 5280 §4.1.2.6'),
      }),
    );
  });

  test('so it is in a fullchain', () => {
    expect(() => load(odd, utf8)).toThrow(
      expect.objectContaining({
        code: 'issuer-not-found',
        message: expect.stringMatching(/the key of "Issuer of Names" signed .* of other octets$/),
      }),
    );
  });
});
