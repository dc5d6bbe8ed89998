import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCertificate } from '../../src/x509/certificate.js';
import { makeCertId } from '../../src/ocsp/cert-id.js';
import { buildRequest } from '../../src/ocsp/request.js';
import { makeCertificate } from '../support/ca.js';
import { explicit, int, octets, seq, type Octets } from '../support/der.js';
import { nonceExtension } from '../support/extensions.js';
import { makeCertId as writtenCertId } from '../support/responses.js';
import { hashAlgorithm } from '../support/signing.js';

const hashName = fc.constantFrom('sha1', 'sha256');
const serial = fc.uint8Array({ minLength: 1, maxLength: 21 });
const nonce = fc.option(fc.uint8Array({ minLength: 32, maxLength: 32 }), { nil: undefined });

/** RFC 6960 §4.1.1, in our own writing. */
function written(certId: Octets, nonce: Octets | undefined): Octets {
  const extensions = nonce === undefined ? [] : [explicit(2, seq(nonceExtension(nonce)))];
  return seq(seq(seq(seq(certId)), ...extensions));
}

test('a request is what RFC 6960 says, octet for octet', () => {
  fc.assert(
    fc.property(hashName, serial, nonce, (hash, serialNumber, nonce) => {
      const digest = (text: string) => createHash(hash).update(text).digest();
      const [issuerNameHash, issuerKeyHash] = [digest('name'), digest('key')];
      const certId = { hashAlgorithm: hash, issuerNameHash, issuerKeyHash, serialNumber } as const;
      const expected = seq(
        hashAlgorithm(hash),
        octets(issuerNameHash),
        octets(issuerKeyHash),
        int(serialNumber),
      );
      const request = buildRequest({ certId, nonce });
      expect(Buffer.from(request).equals(written(expected, nonce))).toBe(true);
    }),
  );
});

test("a CertID is made of the issuer's name and key, whatever they are", () => {
  fc.assert(
    fc.property(hashName, serial, fc.string({ unit: 'grapheme' }), (hash, serialNumber, subject) => {
      const issuer = makeCertificate({ subject, ca: true });
      const certId = makeCertId(hash, readCertificate(issuer.der), serialNumber);
      const expected = written(writtenCertId(issuer, serialNumber, hash), undefined);
      expect(Buffer.from(buildRequest({ certId })).equals(expected)).toBe(true);
    }),
  );
});
