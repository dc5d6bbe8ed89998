import { DAY, HOUR } from '../../../../src/util/time.js';
import {
  type CertificateOptions,
  type KeyKind,
  makeCertificate,
  makeKey,
  type SignatureName,
  type TestCertificate,
} from '../../../support/ca.js';
import { nul } from '../../../support/der.js';
import { authorityKeyIdentifier, extension } from '../../../support/extensions.js';
import { makeDelegate } from '../cast.js';
import { VALID_ISSUER_REQUIRED } from '../corrections.js';
import type { Draft } from '../draft.js';
import { group } from '../flaw.js';

/** Somebody else signs, and sends his own certificate along. */
function signedBy(draft: Draft, signer: TestCertificate, signature?: SignatureName): void {
  Object.assign(draft.response, { signer, signature, embed: [signer] });
}

const delegated = (options: Partial<CertificateOptions>) => (draft: Draft) =>
  signedBy(draft, draft.cast.delegate(options));

/** A delegate signs, by name, and another certificate of its name comes first. */
function behind(draft: Draft, other: TestCertificate): void {
  const signer = draft.cast.delegate();
  signedBy(draft, signer);
  Object.assign(draft.response, { responderId: 'byName', embed: [other, signer] });
}

const weak = (kind: KeyKind, signature?: SignatureName) => (draft: Draft) =>
  signedBy(draft, draft.cast.delegate({ key: makeKey(kind, 'weak') }), signature);

/** Only an expired certificate of the issuer's is at hand, whatever certificates the response brings along. */
function expiredIssuer(draft: Draft, sentAlong: readonly TestCertificate[]): void {
  const { issuer, root } = draft.cast;
  const { signer = issuer } = draft.response;
  draft.response.embed = signer === issuer ? sentAlong : [signer, ...sentAlong];
  draft.issuer = makeCertificate({
    subject: issuer.name,
    key: issuer.key,
    issuer: root,
    ca: true,
    notAfter: draft.now - DAY,
  });
}

function flipped(certificate: TestCertificate): Uint8Array {
  const der = Uint8Array.from(certificate.der);
  der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
  return der;
}

export const signerFlaws = group('signer', {
  'a new delegate': ['accepted', delegated({})],
  'a delegate without nocheck': ['accepted', delegated({ ocspNoCheck: false })],
  'a delegate without KeyUsage': ['accepted', delegated({ keyUsage: [] })],
  'a delegate with further usages': ['accepted', delegated({ extendedKeyUsage: ['any', 'ocspSigning'] })],
  'a delegate whose key usage is other': ['signer-key-usage', delegated({ keyUsage: ['keyEncipherment'] })],
  'a delegate with nonRepudiation alone': ['accepted', delegated({ keyUsage: ['nonRepudiation'] })],
  'a delegate that is a CA': ['signer-is-ca', delegated({ ca: true, keyUsage: ['digitalSignature'] })],
  'a delegate of version 1 with extensions': ['signer-version', delegated({ version: 1 })],
  'a delegate of version 4': ['signer-version', delegated({ version: 4 })],
  "a delegate of the issuer's name": [
    'refused',
    (draft) => {
      delegated({ subject: draft.cast.issuer.name })(draft);
      draft.response.responderId = 'byName';
    },
  ],
  "a delegate of the issuer's name, by its key": [
    'signer-has-issuer-name',
    (draft) => {
      delegated({ subject: draft.cast.issuer.name })(draft);
      draft.response.responderId = 'byKey';
    },
  ],
  'a delegate of another key identifier': [
    'refused',
    (draft) => delegated({ extraExtensions: [authorityKeyIdentifier(draft.cast.leaf.key.spki)] })(draft),
  ],
  'a delegate without EKU': ['refused', delegated({ extendedKeyUsage: [] })],
  'a delegate for anything': ['refused', delegated({ extendedKeyUsage: ['any'] })],
  'a delegate for servers': ['refused', delegated({ extendedKeyUsage: ['serverAuth'] })],
  'a delegate that expired': ['refused', (draft) => delegated({ notAfter: draft.now - HOUR })(draft)],
  'a delegate of tomorrow': ['refused', (draft) => delegated({ notBefore: draft.now + DAY })(draft)],
  'a delegate with a critical extension': [
    'refused',
    delegated({ extraExtensions: [extension('1.3.6.1.4.1.99999.2', nul(), true)] }),
  ],
  'a delegate certified by SHA-1': [
    'signature-sha1',
    (draft) => {
      const signature = draft.cast.issuer.key.kind.startsWith('rsa') ? 'rsa-sha1' : 'ecdsa-sha1';
      delegated({ signature })(draft);
    },
    // the issuers of delegates have keys that SHA-1 goes with
    'delegate',
  ],
  'a delegate of the impostor': ['refused', (draft) => signedBy(draft, makeDelegate(draft.cast.impostor))],
  'a delegate of the root': ['refused', (draft) => signedBy(draft, makeDelegate(draft.cast.root))],
  'a delegate of the certificate itself': [
    'refused',
    (draft) => signedBy(draft, makeDelegate(draft.cast.leaf)),
  ],
  'a delegate of nobody': [
    'refused',
    (draft) =>
      signedBy(draft, makeCertificate({ subject: 'Nobody', extendedKeyUsage: ['ocspSigning'], ca: true })),
  ],
  'a delegate with a forged certificate': [
    'refused',
    (draft) => {
      const delegate = draft.cast.delegate();
      signedBy(draft, delegate);
      draft.response.embed = [flipped(delegate)];
    },
  ],
  'a delegate that is not sent along': ['refused', (draft) => void (draft.response.embed = []), 'delegate'],
  "behind another certificate of the delegate's name": [
    'refused',
    (draft) => behind(draft, draft.cast.delegate({ key: makeKey('p-256', 'decoy') })),
  ],
  'a renewed delegate behind its expired certificate': [
    'refused',
    (draft) => behind(draft, draft.cast.delegate({ notAfter: draft.now - DAY })),
  ],
  "before another certificate of the delegate's name": [
    'accepted',
    (draft) => {
      const signer = draft.cast.delegate();
      signedBy(draft, signer);
      draft.response.embed = [signer, draft.cast.delegate({ key: makeKey('p-256', 'decoy') })];
    },
  ],
  'the certificate itself signs': ['refused', (draft) => signedBy(draft, draft.cast.leaf)],
  'the impostor signs': ['refused', (draft) => signedBy(draft, draft.cast.impostor)],
  'the root signs': ['refused', (draft) => signedBy(draft, draft.cast.root)],
  'a key of RSA 1024': ['signature-key-weak', weak('rsa-1024')],
  'a key on P-224': ['signature-key-weak', weak('p-224')],
  'a key on secp256k1': ['signature-key-weak', weak('secp256k1')],
  'signed with MD5': ['signature-algorithm-refused', weak('rsa-2048', 'rsa-md5')],
  'signed with SHA-224': ['signature-algorithm-refused', weak('rsa-2048', 'rsa-sha224')],
  'signed with ECDSA and SHA-224': ['signature-algorithm-refused', weak('p-256', 'ecdsa-sha224')],
  'the issuer expired': [VALID_ISSUER_REQUIRED, (draft) => expiredIssuer(draft, [])],
  'the issuer expired, a renewed certificate of it is sent along': [
    'issuer-expired',
    (draft) => expiredIssuer(draft, [draft.cast.issuer]),
    'delegate',
  ],
});
