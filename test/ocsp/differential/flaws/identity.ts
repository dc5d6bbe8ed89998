import { DAY, MINUTE } from '../../../../src/util/time.js';
import { makeCertificate, type SingleOptions } from '../../../support/ca.js';
import { int, nul, octets, oid, seq } from '../../../support/der.js';
import { keyHash } from '../../../support/extensions.js';
import { digest, HASH_OIDS } from '../../../support/signing.js';
import { OWN_CERTIFICATES_ONLY } from '../corrections.js';
import type { Draft } from '../draft.js';
import { group } from '../flaw.js';

interface CertIdParts {
  readonly parameters: Uint8Array;
  readonly nameHash: Uint8Array;
  readonly keyHash: Uint8Array;
}

/** The CertID of the certificate in question, with one part another. */
function withCertId({ single, cast }: Draft, changes: Partial<CertIdParts>): void {
  const { hash = 'sha1' } = single;
  const parts = {
    parameters: nul(),
    nameHash: digest(hash, cast.issuer.name),
    keyHash: keyHash(cast.issuer.key.spki, hash),
    ...changes,
  };
  single.certId = seq(
    seq(oid(HASH_OIDS[hash]), parts.parameters),
    octets(parts.nameHash),
    octets(parts.keyHash),
    int(cast.leaf.serial),
  );
}

/** A second answer about the same certificate. */
function again({ single }: Draft, changes: Partial<SingleOptions> = {}): SingleOptions {
  return { ...single, ...changes };
}

export const identityFlaws = group('identity', {
  'another serial number': [
    'refused',
    ({ single }) => void (single.certificate = Uint8Array.from([0x4f, 1, 2, 3])),
  ],
  'another name hash': [
    'refused',
    (draft) => withCertId(draft, { nameHash: digest(draft.single.hash ?? 'sha1', draft.cast.root.name) }),
  ],
  'another key hash': [
    'refused',
    (draft) =>
      withCertId(draft, { keyHash: keyHash(draft.cast.impostor.key.spki, draft.single.hash ?? 'sha1') }),
  ],
  'hashes swapped': [
    'refused',
    (draft) => {
      const { hash = 'sha1' } = draft.single;
      const { issuer } = draft.cast;
      withCertId(draft, { nameHash: keyHash(issuer.key.spki, hash), keyHash: digest(hash, issuer.name) });
    },
  ],
  'CertID without parameters': ['accepted', (draft) => withCertId(draft, { parameters: Uint8Array.of() })],
  'CertID by SHA-384': ['certid-hash-mismatch', ({ single }) => void (single.hash = 'sha384')],
  'CertID by SHA-512': ['certid-hash-mismatch', ({ single }) => void (single.hash = 'sha512')],
  'CertID by another hash than was asked': [
    'refused',
    (draft) => void (draft.asked = draft.single.hash === 'sha256' ? 'sha1' : 'sha256'),
  ],
  'of a certificate of another CA besides': [
    OWN_CERTIFICATES_ONLY,
    ({ after, single, cast: { impostor } }) => {
      const certificate = makeCertificate({ subject: 'foreign.example', issuer: impostor });
      after.push({ ...single, certificate, issuer: impostor });
    },
  ],
  'the same twice': ['accepted', (draft) => void draft.after.push(again(draft))],
  // OpenSSL takes the first and does not look further.
  'another nextUpdate the second time': [
    'responses-disagree',
    (draft) => void draft.after.push(again(draft, { status: 'good', nextUpdate: draft.now + 2 * DAY })),
  ],
  'revoked the second time': [
    'certificate-revoked',
    (draft) => void draft.after.push(again(draft, { status: { revoked: draft.now - 90 * MINUTE } })),
  ],
});
