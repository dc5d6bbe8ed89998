import { DerError, TAG, contextTag, readOnly, sequence, type Cursor } from '../asn1/der.js';
import { readOid } from '../asn1/oid.js';
import { readHashAlgorithm, type Hash } from './hash.js';

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
  '1.2.840.113549.1.1.11': plain({ kind: 'rsa-pkcs1', hash: 'sha256' }, NULL_OR_ABSENT),
  '1.2.840.113549.1.1.12': plain({ kind: 'rsa-pkcs1', hash: 'sha384' }, NULL_OR_ABSENT),
  '1.2.840.113549.1.1.13': plain({ kind: 'rsa-pkcs1', hash: 'sha512' }, NULL_OR_ABSENT),
  '1.2.840.113549.1.1.10': readPss,
  '1.2.840.10045.4.1': plain({ kind: 'ecdsa', hash: 'sha1' }, NOTHING),
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

/** RSASSA-PSS-params: one hash for message and mask, no odd trailer (RFC 4055 §3.1). */
function readPss(fields: Cursor): ReturnType<Reader> {
  if (fields.atEnd) return { kind: 'malformed', problem: 'has no RSASSA-PSS parameters' };
  const parameters = sequence(fields.next(TAG.sequence, 'RSASSA-PSS-params'), 'RSASSA-PSS-params');
  const hash = parameters.optional(contextTag(0));
  const mask = parameters.optional(contextTag(1));
  const saltLength = readSmallInteger(parameters.optional(contextTag(2))?.content, 20);
  const trailer = readSmallInteger(parameters.optional(contextTag(3))?.content, 1);
  if (!parameters.atEnd || !fields.atEnd) return { kind: 'malformed', problem: 'has parameters too many' };
  // SHA-1 is the default of both.
  const hashes = [
    hash ? readHashAlgorithm(hash.content) : 'sha1',
    mask ? readMaskHash(mask.content) : 'sha1',
  ];
  if (hashes[0] === undefined || hashes[0] !== hashes[1]) {
    return { kind: 'malformed', problem: 'does not use one known hash for message and mask' };
  }
  if (trailer !== 1 || saltLength === undefined)
    return { kind: 'malformed', problem: 'has odd PSS parameters' };
  return { kind: 'rsa-pss', hash: hashes[0], saltLength };
}

const MGF1 = '1.2.840.113549.1.1.8';

function readMaskHash(identifier: Uint8Array): Hash | undefined {
  const fields = sequence(identifier, 'maskGenAlgorithm');
  if (readOid(fields.next(TAG.oid, 'algorithm').content) !== MGF1) return undefined;
  const hash = readHashAlgorithm(fields.next(TAG.sequence, 'hash of the mask'));
  return fields.atEnd ? hash : undefined;
}

function readSmallInteger(wrapped: Uint8Array | undefined, fallback: number): number | undefined {
  if (wrapped === undefined) return fallback;
  const { content } = readOnly(wrapped, TAG.integer, 'a PSS parameter');
  return content.length === 1 && (content[0] as number) < 0x80 ? content[0] : undefined;
}
