import { TAG, sequence, type Element } from '../asn1/der.js';
import { readOid } from '../asn1/oid.js';

/** RFC 3279 §2.1, RFC 5754 §2, and those of NIST that are known by name only. */
const HASHES = {
  '1.2.840.113549.2.5': 'md5',
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.5': 'sha512-224',
  '2.16.840.1.101.3.4.2.6': 'sha512-256',
  '2.16.840.1.101.3.4.2.7': 'sha3-224',
  '2.16.840.1.101.3.4.2.8': 'sha3-256',
  '2.16.840.1.101.3.4.2.9': 'sha3-384',
  '2.16.840.1.101.3.4.2.10': 'sha3-512',
} as const;

export type Hash = (typeof HASHES)[keyof typeof HASHES];

/** Octets of a hash that signatures may be made with. */
export const HASH_OCTETS: Readonly<Partial<Record<Hash, number>>> = {
  sha1: 20,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

/** How the hash is called that an AlgorithmIdentifier names, and what keeps it from being used. Throws DerError. */
export function describeHashAlgorithm(identifier: Uint8Array | Element): string {
  const hash = readHashAlgorithm(identifier);
  if (hash !== undefined) return hash;
  const oid = readOid(sequence(identifier, 'a hash algorithm').next(TAG.oid, 'algorithm').content);
  if (!Object.hasOwn(HASHES, oid)) return `the unknown hash ${oid}`;
  return `${HASHES[oid as keyof typeof HASHES]} with parameters that do not belong there`;
}

/**
 * The hash that an AlgorithmIdentifier names, with parameters NULL or absent (RFC 5754 §2); undefined for
 * any other. Throws DerError where it is no AlgorithmIdentifier.
 */
export function readHashAlgorithm(identifier: Uint8Array | Element): Hash | undefined {
  const fields = sequence(identifier, 'a hash algorithm');
  const oid = readOid(fields.next(TAG.oid, 'algorithm').content);
  fields.optional(TAG.null);
  return fields.atEnd && Object.hasOwn(HASHES, oid) ? HASHES[oid as keyof typeof HASHES] : undefined;
}
