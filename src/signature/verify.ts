import { constants, createPublicKey, verify, type KeyObject, type VerifyKeyObjectInput } from 'node:crypto';
import type { VerificationCode } from '../error-codes.js';
import { readSignatureAlgorithm, type SignatureAlgorithm } from './algorithm.js';

export interface SignedBytes {
  /** The exact bytes that were signed. */
  readonly signed: Uint8Array;
  /** DER of the AlgorithmIdentifier. */
  readonly algorithm: Uint8Array;
  readonly signature: Uint8Array;
}

export type SignatureCode = Extract<VerificationCode, `signature-${string}`>;

export type SignatureVerdict =
  | { readonly kind: 'valid'; readonly algorithm: string }
  /** The signature is mathematically right, but made with SHA-1. */
  | { readonly kind: 'valid-sha1'; readonly algorithm: string }
  | { readonly kind: 'refused'; readonly code: SignatureCode; readonly problem: string };

const CURVES = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const MINIMUM_RSA_BITS = 2048;

/**
 * Whether the key made this signature, with an algorithm that is trusted: RSA ≥ 2048 (PKCS#1 v1.5, PSS), ECDSA on
 * P-256/384/521, Ed25519, Ed448, with SHA-256/384/512; SHA-1 is told apart, MD5 refused.
 */
export function verifySignature(
  key: PublicKey,
  { signed, algorithm, signature }: SignedBytes,
): SignatureVerdict {
  const read = readSignatureAlgorithm(algorithm);
  if (read.kind === 'unknown') {
    return refused('signature-algorithm-refused', `signature algorithm ${read.oid} is not on the list`);
  }
  if (read.kind === 'malformed') {
    return refused('signature-algorithm-malformed', `signature algorithm ${read.problem}`);
  }
  const problem = fits(read.algorithm, key);
  if (problem !== undefined) return problem;
  const name = algorithmName(read.algorithm);
  if (!isMadeBy(read.algorithm, key.object as KeyObject, signed, signature)) {
    return refused('signature-invalid', `${name} signature does not fit the data and the key`);
  }
  return { kind: hashOf(read.algorithm) === 'sha1' ? 'valid-sha1' : 'valid', algorithm: name };
}

/** A public key as node:crypto understands it; `object` is undefined where it does not. */
export interface PublicKey {
  readonly object: KeyObject | undefined;
}

/** Reads a SubjectPublicKeyInfo. */
export function readPublicKey(subjectPublicKeyInfo: Uint8Array): PublicKey {
  try {
    return {
      object: createPublicKey({ key: Buffer.from(subjectPublicKeyInfo), format: 'der', type: 'spki' }),
    };
  } catch {
    return { object: undefined };
  }
}

function refused(code: SignatureCode, problem: string): SignatureVerdict {
  return { kind: 'refused', code, problem };
}

/** The algorithm is allowed, and the key is of its type and strong enough. */
function fits(algorithm: SignatureAlgorithm, { object: key }: PublicKey): SignatureVerdict | undefined {
  if (hashOf(algorithm) === 'md5')
    return refused('signature-algorithm-refused', 'MD5 signatures prove nothing');
  if (key === undefined) return refused('signature-key-mismatch', 'the public key cannot be read');
  if (!keyTypes(algorithm).includes(key.asymmetricKeyType ?? '')) {
    return refused(
      'signature-key-mismatch',
      `${algorithmName(algorithm)} with a key of type ${key.asymmetricKeyType}`,
    );
  }
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined && modulusLength < MINIMUM_RSA_BITS) {
    return refused('signature-key-weak', `RSA key of ${modulusLength} bits, less than ${MINIMUM_RSA_BITS}`);
  }
  if (algorithm.kind === 'ecdsa' && !CURVES.has(namedCurve ?? '')) {
    return refused(
      'signature-key-weak',
      `curve ${namedCurve ?? 'without a name'} is not P-256, P-384 or P-521`,
    );
  }
  return undefined;
}

function keyTypes({ kind }: SignatureAlgorithm): readonly string[] {
  switch (kind) {
    case 'rsa-pkcs1':
      return ['rsa'];
    case 'rsa-pss':
      return ['rsa', 'rsa-pss'];
    case 'ecdsa':
      return ['ec'];
    default:
      return [kind];
  }
}

function isMadeBy(
  algorithm: SignatureAlgorithm,
  key: KeyObject,
  signed: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    return verify(hashOf(algorithm) ?? null, signed, keyInput(algorithm, key), signature);
  } catch {
    return false; // OpenSSL throws for a signature of impossible form
  }
}

function keyInput(algorithm: SignatureAlgorithm, key: KeyObject): KeyObject | VerifyKeyObjectInput {
  if (algorithm.kind !== 'rsa-pss') return key;
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: algorithm.saltLength };
}

function hashOf(algorithm: SignatureAlgorithm): string | undefined {
  return 'hash' in algorithm ? algorithm.hash : undefined;
}

/** As people write it: `ecdsa with sha256`. */
function algorithmName(algorithm: SignatureAlgorithm): string {
  return 'hash' in algorithm ? `${algorithm.kind} with ${algorithm.hash}` : algorithm.kind;
}
