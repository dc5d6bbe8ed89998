import { createHash } from 'node:crypto';
import { DerError } from '../asn1/der.js';
import { readCertificate, type Certificate } from '../certificates/certificate.js';
import { publicKeyOf } from '../certificates/public-key.js';
import { LIMITS } from '../defaults.js';
import type { BasicOcspResponse, ResponderId } from '../ocsp/response.js';
import { verifySignature, type SignatureVerdict } from '../signature/verify.js';
import type { Question } from './question.js';

/** Someone whose key may have made the signature. */
export interface Candidate {
  readonly kind: 'issuer' | 'pinned' | 'embedded';
  readonly certificate: Certificate;
}

/** Who signed, as far as it can be told. */
export interface Signer {
  /** Whether the responderID names anybody whose certificate is at hand. */
  readonly isNamed: boolean;
  /** The candidate whose key made the signature; else the one that the responderID names. */
  readonly candidate: Candidate | undefined;
  /** Of that candidate's key; undefined where there is nobody to try. */
  readonly signature: SignatureVerdict | undefined;
}

/**
 * Tries the keys of those whom the responderID names. Where it names nobody at hand the response is lost
 * (step 9), but the others are tried all the same, so that the signature can still be judged.
 */
export function findSigner(basic: BasicOcspResponse, question: Question): Signer {
  const candidates = collectCandidates(basic, question);
  const named = candidates.filter(({ certificate }) => isNamedBy(basic.responderId, certificate));
  const trials = (named.length > 0 ? named : candidates)
    .slice(0, LIMITS.signerCandidates)
    .map((candidate) => ({ candidate, signature: tryKey(candidate, basic) }));
  const signer = trials.find(({ signature }) => signature.kind !== 'refused');
  if (named.length === 0 && signer === undefined)
    return { isNamed: false, candidate: undefined, signature: undefined };
  return { isNamed: named.length > 0, candidate: undefined, signature: undefined, ...(signer ?? trials[0]) };
}

/** The issuer, the pinned ones, and what the response brings along and is not the issuer again. */
function collectCandidates(basic: BasicOcspResponse, { issuer, trustedResponders }: Question): Candidate[] {
  const embedded = basic.certificates.flatMap(readOrIgnore);
  return [
    { kind: 'issuer' as const, certificate: issuer },
    ...trustedResponders.map((certificate) => ({ kind: 'pinned' as const, certificate })),
    ...embedded.map((certificate) => ({ kind: 'embedded' as const, certificate })),
  ];
}

/** A certificate that is not the signer does no harm (RFC 6960 §4.2.1), not even one that cannot be read. */
function readOrIgnore(der: Uint8Array): Certificate[] {
  try {
    return [readCertificate(der)];
  } catch (error) {
    if (error instanceof DerError) return [];
    throw error;
  }
}

/** RFC 6960 §4.2.1: KeyHash is the SHA-1 of the signer's public key; names are compared by their DER. */
function isNamedBy(id: ResponderId, { subject, subjectPublicKey }: Certificate): boolean {
  if (id.kind === 'byName') return Buffer.from(subject).equals(id.name);
  return createHash('sha1').update(subjectPublicKey).digest().equals(id.keyHash);
}

function tryKey({ certificate }: Candidate, basic: BasicOcspResponse): SignatureVerdict {
  return verifySignature(publicKeyOf(certificate), {
    signed: basic.tbsResponseData,
    algorithm: basic.signatureAlgorithm,
    signature: basic.signature,
  });
}
