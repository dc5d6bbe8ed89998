import { describe, expect, test } from 'vitest';
import { makeCertificate, makeResponse } from '../../support/ca.js';
import { hex } from '../../support/der.js';
import { issuer, judge, load, outcome, TIMES } from './judging.js';

describe('serial numbers', () => {
  const long = 'aabbccddeeff00112233445566778899aabbccdd';
  test.each([
    ['20 octets, the first bit not set', `7f${long.slice(2)}`, `7f${long.slice(2)}`, 'good'],
    ['20 octets, and a zero for the sign', `00${long}`, `00${long}`, 'good'],
    ['the zero for the sign left out by the responder', `00${long}`, long, 'certid-mismatch'],
    [
      'the last of 20 octets left out by the responder',
      `00${long}`,
      `00${long.slice(0, -2)}`,
      'certid-mismatch',
    ],
    ['zero', '00', '00', 'good'],
    ['negative, as a few old CAs have it', '80', '80', 'good'],
    ['negative, made positive by the responder', '80', '0080', 'certid-mismatch'],
  ])('%s', (_, own, answered, expected) => {
    const certificate = makeCertificate({ subject: 'leaf.example', issuer, serial: hex(own) });
    const der = makeResponse({ issuer, certificate: hex(answered), ...TIMES });
    expect(outcome(judge(der, { subject: load(certificate, issuer) }))).toBe(expected);
  });

  test('a zero octet that the sign does not need is not DER: the certificate is refused', () => {
    const certificate = makeCertificate({ subject: 'leaf.example', issuer, serial: hex('0001') });
    expect(() => load(certificate, issuer)).toThrow(
      expect.objectContaining({ code: 'certificate-malformed' }),
    );
  });
});
