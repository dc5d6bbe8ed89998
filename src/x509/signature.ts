import { constants, type KeyObject, verify, type VerifyKeyObjectInput } from 'node:crypto';
import type { FailureClass, VerificationCode } from '../util/errors.js';
import type { Certificate } from './certificate.js';
import { type PublicKey, readPublicKey, type SoundKey } from './keys/public-key.js';
import { HASH_OCTETS, readSignatureAlgorithm, type SignatureAlgorithm } from './signature-algorithm.js';

export interface SignedBytes {
  /** The bytes that were signed. */
  readonly signed: Uint8Array;
  /** The DER of the AlgorithmIdentifier. */
  readonly algorithm: Uint8Array;
  readonly signature: Uint8Array;
}

type SignatureCode = Extract<VerificationCode, `signature-${string}`>;

export type SignatureVerdict =
  | {
      readonly kind: 'valid';
      readonly algorithm: string;
      /** The clients that do not accept it in an OCSP response, for messages. */
      readonly refusedBy: string | undefined;
    }
  /** The signature is correct, but made with SHA-1. */
  | { readonly kind: 'valid-sha1'; readonly algorithm: string }
  | { readonly kind: 'refused'; readonly code: SignatureCode; readonly problem: string };

/**
 * Verifies a signature with a key. Accepted are RSA ≥ 2048 (PKCS#1 v1.5, PSS), ECDSA on P-256/384/521, Ed25519 and
 * Ed448, with SHA-256/384/512. SHA-1 has its own verdict, and MD5 is refused.
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
  const fitting = fit(read.algorithm, key);
  if (fitting.kind === 'refused') return fitting;
  const name = algorithmName(read.algorithm);
  if (!isMadeBy(read.algorithm, fitting.object, signed, signature)) {
    return refused('signature-invalid', `${name} signature does not fit the data and the key`);
  }
  if (hashOf(read.algorithm) === 'sha1') return { kind: 'valid-sha1', algorithm: name };
  return { kind: 'valid', algorithm: name, refusedBy: refusersOf(read.algorithm) };
}

/**
 * Names the clients that do not accept a signature in an OCSP response. GnuTLS takes every PSS signature there for one with
 * SHA-256, and like mozilla::pkix it accepts only a salt as long as the hash.
 */
function refusersOf(algorithm: SignatureAlgorithm): string | undefined {
  if (algorithm.kind !== 'rsa-pss') return undefined;
  const { hash, saltLength } = algorithm;
  if (saltLength !== HASH_OCTETS[hash]) return 'mozilla::pkix (Firefox) and GnuTLS';
  return hash === 'sha256' ? undefined : 'GnuTLS';
}

type Refused = Extract<SignatureVerdict, { kind: 'refused' }>;

function refused(code: SignatureCode, problem: string): Refused {
  return { kind: 'refused', code, problem };
}

/** Returns the key if it is sound, the algorithm is accepted, and both fit together. */
function fit(algorithm: SignatureAlgorithm, key: PublicKey): SoundKey | Refused {
  const hash = 'hash' in algorithm ? algorithm.hash : undefined;
  if (hash === 'md5') return refused('signature-algorithm-refused', 'MD5 signatures prove nothing');
  if (hash !== undefined && HASH_OCTETS[hash] === undefined)
    return refused('signature-algorithm-refused', `${algorithmName(algorithm)} is not on the list`);
  if (key.kind === 'unsound') return refused('signature-key-unsound', `the public key ${key.problem}`);
  if (key.kind === 'weak') return refused('signature-key-weak', key.problem);
  const kind = key.kind === 'other' ? key.name : key.kind;
  if (key.kind === 'other' || !keyKinds(algorithm).includes(kind))
    return refused('signature-key-mismatch', `${algorithmName(algorithm)} with a key of type ${kind}`);
  return (algorithm.kind === 'rsa-pss' ? unfitForPss(algorithm, key) : undefined) ?? key;
}

function keyKinds({ kind }: SignatureAlgorithm): readonly string[] {
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

/**
 * Checks that the salt fits beside the hash (RFC 8017 §9.1.1), and that both are as the key requires (RFC 4055 §1.2).
 */
function unfitForPss({ hash, saltLength }: PssAlgorithm, key: SoundKey): Refused | undefined {
  if (key.kind !== 'rsa' && key.kind !== 'rsa-pss') return undefined;
  const room = Math.ceil((key.bits - 1) / 8) - (HASH_OCTETS[hash] ?? 0) - 2;
  if (saltLength > room) {
    const problem = `signature algorithm has a salt of ${saltLength} octets, and the key has room for ${room}`;
    return refused('signature-algorithm-malformed', problem);
  }
  const restriction = key.kind === 'rsa-pss' ? key.restriction : undefined;
  if (restriction === undefined) return undefined;
  if (restriction.hash === hash && restriction.saltLength <= saltLength) return undefined;
  const only = `only for ${restriction.hash} with a salt of at least ${restriction.saltLength} octets`;
  return refused('signature-key-mismatch', `the public key is ${only}`);
}

type PssAlgorithm = Extract<SignatureAlgorithm, { kind: 'rsa-pss' }>;

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

/** Names an algorithm for messages: `ecdsa with sha256`. */
function algorithmName(algorithm: SignatureAlgorithm): string {
  return 'hash' in algorithm ? `${algorithm.kind} with ${algorithm.hash}` : algorithm.kind;
}

/** The codes for an algorithm or a key that is not accepted, whoever signed. */
export const NOT_ACCEPTED = [
  'signature-algorithm-refused',
  'signature-key-weak',
] as const satisfies readonly SignatureCode[];

export function classOfRefusal(code: SignatureCode): FailureClass {
  return NOT_ACCEPTED.some((other) => other === code) ? 'policy' : 'evidence';
}

/** Reports whether a refusal proves that the key did not sign. Any other refusal leaves open who signed. */
export function deniesSigner(code: SignatureCode): boolean {
  return code === 'signature-invalid' || code === 'signature-key-mismatch';
}

const known = new WeakMap<Certificate, PublicKey>();

/** Reads the public key of a certificate once, because an issuer's is used for every one of its responses. */
export function publicKeyOf(certificate: Certificate): PublicKey {
  const key = known.get(certificate) ?? readPublicKey(certificate.subjectPublicKeyInfo);
  known.set(certificate, key);
  return key;
}

/** The verdicts about certificates, by the issuer: a run has many certificates and few issuers. */
const verdicts = new WeakMap<Certificate, WeakMap<Certificate, SignatureVerdict>>();

/**
 * Verifies that the issuer's key signed a certificate (RFC 5280 §6.1.3 (a)(1)). The verdict is cached, because a
 * delegate is in every one of its responses. Names are not compared here.
 */
export function verifyIssuedBy(certificate: Certificate, issuer: Certificate): SignatureVerdict {
  const ofIssuer = verdicts.get(issuer) ?? new WeakMap<Certificate, SignatureVerdict>();
  verdicts.set(issuer, ofIssuer);
  const verdict = ofIssuer.get(certificate) ?? verifyIssued(certificate, issuer);
  ofIssuer.set(certificate, verdict);
  return verdict;
}

function verifyIssued(certificate: Certificate, issuer: Certificate): SignatureVerdict {
  return verifySignature(publicKeyOf(issuer), {
    signed: certificate.tbsCertificate,
    algorithm: certificate.signatureAlgorithm,
    signature: certificate.signature,
  });
}
