import type { Certificate } from '../x509/certificate.js';
import { DerError, sequence, TAG } from '../x509/der.js';
import { readOid } from '../x509/values.js';

const NAMES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.1': 'rsa',
  '1.2.840.113549.1.1.10': 'rsa',
  '1.2.840.10045.2.1': 'ecdsa',
  '1.3.101.112': 'ed25519',
  '1.3.101.113': 'ed448',
};

/** Returns the usual name of the algorithm of a key, as servers call it. */
export function readAlgorithm({ subjectPublicKeyInfo }: Certificate): string {
  try {
    const algorithm = sequence(subjectPublicKeyInfo, 'subjectPublicKeyInfo').next(TAG.sequence, 'algorithm');
    const oid = readOid(sequence(algorithm, 'algorithm').next(TAG.oid, 'algorithm').content);
    return NAMES[oid] ?? 'other';
  } catch (error) {
    if (error instanceof DerError) return 'other';
    throw error;
  }
}
