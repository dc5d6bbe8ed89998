import { TAG, sequence, type Element } from '../asn1/der.js';
import { readOid } from '../asn1/oid.js';

export type Hash = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** RFC 3279 §2.1, RFC 5754 §2 */
const HASHES: Readonly<Record<string, Hash>> = {
  '1.2.840.113549.2.5': 'md5',
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/**
 * The hash that an AlgorithmIdentifier names, with parameters NULL or absent (RFC 5754 §2); undefined for
 * any other. Throws DerError where it is no AlgorithmIdentifier.
 */
export function readHashAlgorithm(identifier: Uint8Array | Element): Hash | undefined {
  const fields = sequence(identifier, 'a hash algorithm');
  const oid = readOid(fields.next(TAG.oid, 'algorithm').content);
  fields.optional(TAG.null);
  return fields.atEnd && Object.hasOwn(HASHES, oid) ? HASHES[oid] : undefined;
}
