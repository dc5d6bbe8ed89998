import { DAY, MINUTE } from '../../../../src/util/time.js';
import { makeCertificate, type SingleOptions } from '../../../support/ca.js';
import { int, nul, octets, oid, seq } from '../../../support/der.js';
import { keyHash } from '../../../support/extensions.js';
import { digest, HASH_OIDS } from '../../../support/signing.js';
import { OWN_CERTIFICATES_ONLY } from '../corrections.js';
import type { UnsignedResponse } from '../unsigned-response.js';
import { group } from '../flaw.js';

interface CertIdParts {
  readonly parameters: Uint8Array;
  readonly nameHash: Uint8Array;
  readonly keyHash: Uint8Array;
}

/** The CertID of the certificate in question, with one part another. */
function withCertId({ single, pki }: UnsignedResponse, changes: Partial<CertIdParts>): void {
  const { hash = 'sha1' } = single;
  const parts = {
    parameters: nul(),
    nameHash: digest(hash, pki.issuer.name),
    keyHash: keyHash(pki.issuer.key.spki, hash),
    ...changes,
  };
  single.certId = seq(
    seq(oid(HASH_OIDS[hash]), parts.parameters),
    octets(parts.nameHash),
    octets(parts.keyHash),
    int(pki.leaf.serial),
  );
}

/** A second answer about the same certificate. */
function again({ single }: UnsignedResponse, changes: Partial<SingleOptions> = {}): SingleOptions {
  return { ...single, ...changes };
}

export const identityFlaws = group('identity', {
  'another serial number': [
    'refused',
    ({ single }) => void (single.certificate = Uint8Array.from([0x4f, 1, 2, 3])),
  ],
  'another name hash': [
    'refused',
    (unsigned) =>
      withCertId(unsigned, { nameHash: digest(unsigned.single.hash ?? 'sha1', unsigned.pki.root.name) }),
  ],
  'another key hash': [
    'refused',
    (unsigned) =>
      withCertId(unsigned, {
        keyHash: keyHash(unsigned.pki.impostor.key.spki, unsigned.single.hash ?? 'sha1'),
      }),
  ],
  'hashes swapped': [
    'refused',
    (unsigned) => {
      const { hash = 'sha1' } = unsigned.single;
      const { issuer } = unsigned.pki;
      withCertId(unsigned, { nameHash: keyHash(issuer.key.spki, hash), keyHash: digest(hash, issuer.name) });
    },
  ],
  'CertID without parameters': [
    'accepted',
    (unsigned) => withCertId(unsigned, { parameters: Uint8Array.of() }),
  ],
  'CertID by SHA-384': ['certid-hash-mismatch', ({ single }) => void (single.hash = 'sha384')],
  'CertID by SHA-512': ['certid-hash-mismatch', ({ single }) => void (single.hash = 'sha512')],
  'CertID by another hash than was asked': [
    'refused',
    (unsigned) => void (unsigned.asked = unsigned.single.hash === 'sha256' ? 'sha1' : 'sha256'),
  ],
  'of a certificate of another CA besides': [
    OWN_CERTIFICATES_ONLY,
    ({ after, single, pki: { impostor } }) => {
      const certificate = makeCertificate({ subject: 'foreign.example', issuer: impostor });
      after.push({ ...single, certificate, issuer: impostor });
    },
  ],
  'the same twice': ['accepted', (unsigned) => void unsigned.after.push(again(unsigned))],
  // OpenSSL takes the first and does not look further.
  'another nextUpdate the second time': [
    'responses-disagree',
    (unsigned) =>
      void unsigned.after.push(again(unsigned, { status: 'good', nextUpdate: unsigned.now + 2 * DAY })),
  ],
  'revoked the second time': [
    'certificate-revoked',
    (unsigned) =>
      void unsigned.after.push(again(unsigned, { status: { revoked: unsigned.now - 90 * MINUTE } })),
  ],
});
