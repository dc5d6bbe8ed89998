import type { Certificate } from './certificate.js';
import { readOr, sequence, TAG } from './der.js';
import { type KeyFacts, readFacts } from './keys/public-key.js';
import { readOid } from './values.js';

type Keyed = Pick<Certificate, 'subjectPublicKeyInfo'>;

const ALGORITHMS = {
  '1.2.840.113549.1.1.1': 'rsa',
  '1.2.840.113549.1.1.10': 'rsa',
  '1.2.840.10045.2.1': 'ecdsa',
  '1.3.101.112': 'ed25519',
  '1.3.101.113': 'ed448',
} as const;

type Algorithm = (typeof ALGORITHMS)[keyof typeof ALGORITHMS];

/** Returns the algorithm of the key; undefined if no server has such a key. Nothing else of the key is looked at. Throws DerError. */
export function keyAlgorithm(certificate: Keyed): Algorithm | undefined {
  return (ALGORITHMS as Readonly<Record<string, Algorithm>>)[algorithmOid(certificate)];
}

function algorithmOid({ subjectPublicKeyInfo }: Keyed): string {
  const fields = sequence(subjectPublicKeyInfo, 'subjectPublicKeyInfo');
  const algorithm = sequence(fields.next(TAG.sequence, 'algorithm'), 'algorithm');
  return readOid(algorithm.next(TAG.oid, 'algorithm').content);
}

const SHOWN: Readonly<Record<Algorithm, string>> = {
  rsa: 'RSA',
  ecdsa: 'ECDSA',
  ed25519: 'EdDSA',
  ed448: 'EdDSA',
};

/** Names the algorithm of the key for people: RSA, ECDSA, EdDSA, or its OID. Throws DerError. */
export function keyAlgorithmName(certificate: Keyed): string {
  const algorithm = keyAlgorithm(certificate);
  return algorithm === undefined ? algorithmOid(certificate) : SHOWN[algorithm];
}

/** Names the kind and the size of the key of a certificate for people, like `RSA 2048`. OpenSSL does not see the key. */
export function keyName({ subjectPublicKeyInfo }: Keyed): string {
  return readOr(() => nameOf(readFacts(subjectPublicKeyInfo)), 'unreadable');
}

function nameOf(facts: KeyFacts): string {
  switch (facts.kind) {
    case 'rsa':
      return `RSA ${facts.bits}`;
    case 'rsa-pss':
      return `RSA-PSS ${facts.bits}`;
    case 'ec':
      return `EC ${facts.curve}`;
    case 'ed25519':
      return 'Ed25519';
    case 'ed448':
      return 'Ed448';
    case 'other':
      return facts.name;
    case 'weak':
    case 'unsound':
      return facts.kind;
  }
}
