import { contextTag, type Cursor, DerError, type Element, readOnly, sequence, TAG } from './der.js';
import { isNegative, readOid, unsigned } from './values.js';

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

/** The algorithms of RFC 4055 §5, RFC 5754 §3 and RFC 8410 §3, with the parameters that they must have. */
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
  const reader = READERS[oid];
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

/** The hashes of RFC 3279 §2.1 and RFC 5754 §2, and others of NIST whose names only messages use. */
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

/** Returns the OID of a hash algorithm. */
export function hashOid(hash: Hash): string {
  const [oid] = Object.entries(HASHES).find(([, name]) => name === hash) as [string, Hash];
  return oid;
}

/** The hashes that signatures may use, with their lengths in octets. */
export const HASH_OCTETS: Readonly<Partial<Record<Hash, number>>> = {
  sha1: 20,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

/** Describes the hash of an AlgorithmIdentifier, and why it cannot be used. Throws DerError. */
export function describeHashAlgorithm(identifier: Uint8Array | Element): string {
  const hash = readHashAlgorithm(identifier);
  if (hash !== undefined) return hash;
  const oid = readOid(sequence(identifier, 'a hash algorithm').next(TAG.oid, 'algorithm').content);
  if (!Object.hasOwn(HASHES, oid)) return `the unknown hash ${oid}`;
  return `${HASHES[oid as keyof typeof HASHES]} with parameters that do not belong there`;
}

/**
 * Returns the hash of an AlgorithmIdentifier with parameters NULL or absent (RFC 5754 §2); undefined for any other.
 * Throws DerError if it is not an AlgorithmIdentifier.
 */
export function readHashAlgorithm(identifier: Uint8Array | Element): Hash | undefined {
  const fields = sequence(identifier, 'a hash algorithm');
  const oid = readOid(fields.next(TAG.oid, 'algorithm').content);
  fields.optional(TAG.null);
  return fields.atEnd && Object.hasOwn(HASHES, oid) ? HASHES[oid as keyof typeof HASHES] : undefined;
}

/** RSASSA-PSS-params (RFC 4055 §3.1) with one hash for message and mask. */
export interface PssParameters {
  readonly kind: 'parameters';
  readonly hash: Hash;
  /** The length of the salt. Any allowed length is accepted; OpenSSL's default is the longest that fits the key. */
  readonly saltLength: number;
}

export type ReadPssParameters = PssParameters | { readonly kind: 'malformed'; readonly problem: string };

/** The greatest length of a salt, which is longer than any accepted RSA key. */
const LONGEST_SALT = 0xffff;

/** Reads RSASSA-PSS-params. Throws DerError. */
export function readPssParameters(element: Element): ReadPssParameters {
  const fields = sequence(element, 'RSASSA-PSS-params');
  const hash = fields.optional(contextTag(0));
  const mask = fields.optional(contextTag(1));
  const saltLength = readInteger(fields.optional(contextTag(2)), 20);
  const trailer = readInteger(fields.optional(contextTag(3)), 1);
  if (!fields.atEnd) return malformed('has parameters too many');
  // SHA-1 is the default of both fields.
  const messageHash = hash ? readHashAlgorithm(hash.content) : 'sha1';
  const maskHash = mask ? readMaskHash(mask.content) : 'sha1';
  if (messageHash === undefined || messageHash !== maskHash)
    return malformed('does not use one known hash for message and mask');
  if (trailer !== 1) return malformed('has a trailer field other than 1');
  if (saltLength === undefined) return malformed('has a salt length that no key has room for');
  return { kind: 'parameters', hash: messageHash, saltLength };
}

function malformed(problem: string): ReadPssParameters {
  return { kind: 'malformed', problem };
}

const MGF1 = '1.2.840.113549.1.1.8';

function readMaskHash(identifier: Uint8Array): Hash | undefined {
  const fields = sequence(identifier, 'maskGenAlgorithm');
  if (readOid(fields.next(TAG.oid, 'algorithm').content) !== MGF1) return undefined;
  const hash = readHashAlgorithm(fields.next(TAG.sequence, 'hash of the mask'));
  return fields.atEnd ? hash : undefined;
}

/** Reads an INTEGER; undefined if it is negative or too large. */
function readInteger(wrapped: Element | undefined, fallback: number): number | undefined {
  if (wrapped === undefined) return fallback;
  const { content } = readOnly(wrapped.content, TAG.integer, 'a PSS parameter');
  if (content.length === 0 || isNegative(content)) return undefined;
  const value = unsigned(content);
  return value > LONGEST_SALT ? undefined : Number(value);
}
