import { DerError, TAG, sequence, type Cursor } from '../asn1/der.js';
import { readOid } from '../asn1/oid.js';
import type { Hash } from './hash.js';
import { readPssParameters } from './pss.js';

export type SignatureAlgorithm =
  | { readonly kind: 'rsa-pkcs1'; readonly hash: Hash }
  | { readonly kind: 'rsa-pss'; readonly hash: Hash; readonly saltLength: number }
  | { readonly kind: 'ecdsa'; readonly hash: Hash }
  | { readonly kind: 'ed25519' }
  | { readonly kind: 'ed448' };

export type ReadAlgorithm =
  | { readonly kind: 'known'; readonly algorithm: SignatureAlgorithm }
  | { readonly kind: 'unknown'; readonly oid: string }
  | { readonly kind: 'malformed'; readonly problem: string };

type Reader = (parameters: Cursor) => SignatureAlgorithm | { kind: 'malformed'; problem: string };

const NULL_OR_ABSENT = [TAG.null];
const NOTHING: number[] = [];

/** RFC 4055 §5, RFC 5754 §3, RFC 8410 §3, with what their parameters must be. */
const READERS: Readonly<Record<string, Reader>> = {
  '1.2.840.113549.1.1.4': plain({ kind: 'rsa-pkcs1', hash: 'md5' }, NULL_OR_ABSENT),
  '1.2.840.113549.1.1.5': plain({ kind: 'rsa-pkcs1', hash: 'sha1' }, NULL_OR_ABSENT),
  '1.2.840.113549.1.1.14': plain({ kind: 'rsa-pkcs1', hash: 'sha224' }, NULL_OR_ABSENT),
  '1.2.840.113549.1.1.11': plain({ kind: 'rsa-pkcs1', hash: 'sha256' }, NULL_OR_ABSENT),
  '1.2.840.113549.1.1.12': plain({ kind: 'rsa-pkcs1', hash: 'sha384' }, NULL_OR_ABSENT),
  '1.2.840.113549.1.1.13': plain({ kind: 'rsa-pkcs1', hash: 'sha512' }, NULL_OR_ABSENT),
  '1.2.840.113549.1.1.10': readPss,
  '1.2.840.10045.4.1': plain({ kind: 'ecdsa', hash: 'sha1' }, NOTHING),
  '1.2.840.10045.4.3.1': plain({ kind: 'ecdsa', hash: 'sha224' }, NOTHING),
  '1.2.840.10045.4.3.2': plain({ kind: 'ecdsa', hash: 'sha256' }, NOTHING),
  '1.2.840.10045.4.3.3': plain({ kind: 'ecdsa', hash: 'sha384' }, NOTHING),
  '1.2.840.10045.4.3.4': plain({ kind: 'ecdsa', hash: 'sha512' }, NOTHING),
  '1.3.101.112': plain({ kind: 'ed25519' }, NOTHING),
  '1.3.101.113': plain({ kind: 'ed448' }, NOTHING),
};

/** Reads the AlgorithmIdentifier of a signature. */
export function readSignatureAlgorithm(der: Uint8Array): ReadAlgorithm {
  try {
    return readAlgorithm(der);
  } catch (error) {
    if (error instanceof DerError) return { kind: 'malformed', problem: error.message };
    throw error;
  }
}

function readAlgorithm(der: Uint8Array): ReadAlgorithm {
  const fields = sequence(der, 'AlgorithmIdentifier');
  const oid = readOid(fields.next(TAG.oid, 'algorithm').content);
  const reader = Object.hasOwn(READERS, oid) ? READERS[oid] : undefined;
  if (reader === undefined) return { kind: 'unknown', oid };
  const algorithm = reader(fields);
  return algorithm.kind === 'malformed' ? algorithm : { kind: 'known', algorithm };
}

function plain(algorithm: SignatureAlgorithm, parameters: readonly number[]): Reader {
  return (fields) => {
    for (const tag of parameters) fields.optional(tag);
    return fields.atEnd
      ? algorithm
      : { kind: 'malformed', problem: 'has parameters that do not belong there' };
  };
}

function readPss(fields: Cursor): ReturnType<Reader> {
  if (fields.atEnd) return { kind: 'malformed', problem: 'has no RSASSA-PSS parameters' };
  const parameters = readPssParameters(fields.next(TAG.sequence, 'RSASSA-PSS-params'));
  if (!fields.atEnd) return { kind: 'malformed', problem: 'has parameters too many' };
  return parameters.kind === 'malformed' ? parameters : { ...parameters, kind: 'rsa-pss' };
}
