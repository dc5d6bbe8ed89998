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
import { makeDelegate } from '../pki.js';
import { VALID_ISSUER_REQUIRED } from '../corrections.js';
import type { UnsignedResponse } from '../unsigned-response.js';
import { group } from '../flaw.js';

/** Somebody else signs, and sends his own certificate along. */
function signedBy(unsigned: UnsignedResponse, signer: TestCertificate, signature?: SignatureName): void {
  Object.assign(unsigned.response, { signer, signature, embed: [signer] });
}

const delegated = (options: Partial<CertificateOptions>) => (unsigned: UnsignedResponse) =>
  signedBy(unsigned, unsigned.pki.delegate(options));

/** A delegate signs, by name, and another certificate of its name comes first. */
function behind(unsigned: UnsignedResponse, other: TestCertificate): void {
  const signer = unsigned.pki.delegate();
  signedBy(unsigned, signer);
  Object.assign(unsigned.response, { responderId: 'byName', embed: [other, signer] });
}

const weak = (kind: KeyKind, signature?: SignatureName) => (unsigned: UnsignedResponse) =>
  signedBy(unsigned, unsigned.pki.delegate({ key: makeKey(kind, 'weak') }), signature);

/** Only an expired certificate of the issuer's is at hand, whatever certificates the response brings along. */
function expiredIssuer(unsigned: UnsignedResponse, sentAlong: readonly TestCertificate[]): void {
  const { issuer, root } = unsigned.pki;
  const { signer = issuer } = unsigned.response;
  unsigned.response.embed = signer === issuer ? sentAlong : [signer, ...sentAlong];
  unsigned.issuer = makeCertificate({
    subject: issuer.name,
    key: issuer.key,
    issuer: root,
    ca: true,
    notAfter: unsigned.now - DAY,
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
    (unsigned) => {
      delegated({ subject: unsigned.pki.issuer.name })(unsigned);
      unsigned.response.responderId = 'byName';
    },
  ],
  "a delegate of the issuer's name, by its key": [
    'signer-has-issuer-name',
    (unsigned) => {
      delegated({ subject: unsigned.pki.issuer.name })(unsigned);
      unsigned.response.responderId = 'byKey';
    },
  ],
  'a delegate of another key identifier': [
    'refused',
    (unsigned) =>
      delegated({ extraExtensions: [authorityKeyIdentifier(unsigned.pki.leaf.key.spki)] })(unsigned),
  ],
  'a delegate without EKU': ['refused', delegated({ extendedKeyUsage: [] })],
  'a delegate for anything': ['refused', delegated({ extendedKeyUsage: ['any'] })],
  'a delegate for servers': ['refused', delegated({ extendedKeyUsage: ['serverAuth'] })],
  'a delegate that expired': [
    'refused',
    (unsigned) => delegated({ notAfter: unsigned.now - HOUR })(unsigned),
  ],
  'a delegate of tomorrow': ['refused', (unsigned) => delegated({ notBefore: unsigned.now + DAY })(unsigned)],
  'a delegate with a critical extension': [
    'refused',
    delegated({ extraExtensions: [extension('1.3.6.1.4.1.99999.2', nul(), true)] }),
  ],
  'a delegate certified by SHA-1': [
    'signature-sha1',
    (unsigned) => {
      const signature = unsigned.pki.issuer.key.kind.startsWith('rsa') ? 'rsa-sha1' : 'ecdsa-sha1';
      delegated({ signature })(unsigned);
    },
    // the issuers of delegates have keys that SHA-1 goes with
    'delegate',
  ],
  'a delegate of the impostor': [
    'refused',
    (unsigned) => signedBy(unsigned, makeDelegate(unsigned.pki.impostor)),
  ],
  'a delegate of the root': ['refused', (unsigned) => signedBy(unsigned, makeDelegate(unsigned.pki.root))],
  'a delegate of the certificate itself': [
    'refused',
    (unsigned) => signedBy(unsigned, makeDelegate(unsigned.pki.leaf)),
  ],
  'a delegate of nobody': [
    'refused',
    (unsigned) =>
      signedBy(unsigned, makeCertificate({ subject: 'Nobody', extendedKeyUsage: ['ocspSigning'], ca: true })),
  ],
  'a delegate with a forged certificate': [
    'refused',
    (unsigned) => {
      const delegate = unsigned.pki.delegate();
      signedBy(unsigned, delegate);
      unsigned.response.embed = [flipped(delegate)];
    },
  ],
  'a delegate that is not sent along': [
    'refused',
    (unsigned) => void (unsigned.response.embed = []),
    'delegate',
  ],
  "behind another certificate of the delegate's name": [
    'refused',
    (unsigned) => behind(unsigned, unsigned.pki.delegate({ key: makeKey('p-256', 'decoy') })),
  ],
  'a renewed delegate behind its expired certificate': [
    'refused',
    (unsigned) => behind(unsigned, unsigned.pki.delegate({ notAfter: unsigned.now - DAY })),
  ],
  "before another certificate of the delegate's name": [
    'accepted',
    (unsigned) => {
      const signer = unsigned.pki.delegate();
      signedBy(unsigned, signer);
      unsigned.response.embed = [signer, unsigned.pki.delegate({ key: makeKey('p-256', 'decoy') })];
    },
  ],
  'the certificate itself signs': ['refused', (unsigned) => signedBy(unsigned, unsigned.pki.leaf)],
  'the impostor signs': ['refused', (unsigned) => signedBy(unsigned, unsigned.pki.impostor)],
  'the root signs': ['refused', (unsigned) => signedBy(unsigned, unsigned.pki.root)],
  'a key of RSA 1024': ['signature-key-weak', weak('rsa-1024')],
  'a key on P-224': ['signature-key-weak', weak('p-224')],
  'a key on secp256k1': ['signature-key-weak', weak('secp256k1')],
  'signed with MD5': ['signature-algorithm-refused', weak('rsa-2048', 'rsa-md5')],
  'signed with SHA-224': ['signature-algorithm-refused', weak('rsa-2048', 'rsa-sha224')],
  'signed with ECDSA and SHA-224': ['signature-algorithm-refused', weak('p-256', 'ecdsa-sha224')],
  'the issuer expired': [VALID_ISSUER_REQUIRED, (unsigned) => expiredIssuer(unsigned, [])],
  'the issuer expired, a renewed certificate of it is sent along': [
    'issuer-expired',
    (unsigned) => expiredIssuer(unsigned, [unsigned.pki.issuer]),
    'delegate',
  ],
});
