import { sameOctets } from '../asn1/octets.js';
import type { Certificate } from '../certificates/certificate.js';
import { hashesOf } from '../certificates/hashes.js';
import { publicKeyOf } from '../certificates/public-key.js';
import { LIMITS } from '../defaults.js';
import type { BasicOcspResponse, ResponderId } from '../ocsp/response.js';
import { verifySignature, type SignatureVerdict } from '../signature/verify.js';
import { lacksDelegation, outsideValidity, type Candidate, type Fault } from './authority.js';
import type { Circumstances, Question } from './question.js';

/** Who signed, as far as it can be told. */
export interface Signer {
  /** Whether the responderID names anybody whose certificate is at hand. */
  readonly isNamed: boolean;
  /** The candidate whose key made the signature; else the one that the responderID names. */
  readonly candidate: Candidate | undefined;
  /** By that candidate's key; undefined where there is nobody to try, or only somebody who is no delegate. */
  readonly signature: SignatureVerdict | undefined;
  /** Why that candidate may not sign. */
  readonly fault: Fault | undefined;
}

/**
 * Tries the keys of those whom the responderID names. Where it names nobody at hand the response is lost
 * (step 9), but the others are tried all the same, so that the signature can still be judged.
 */
export function findSigner(
  basic: BasicOcspResponse,
  question: Question,
  circumstances: Circumstances,
): Signer {
  const candidates = collectCandidates(basic, question);
  const named = firstEmbedded(
    candidates.filter(({ certificate }) => isNamedBy(basic.responderId, certificate)),
  );
  const isNamed = named.length > 0;
  const trials: Trial[] = [];
  for (const candidate of (isNamed ? named : candidates).slice(0, LIMITS.signerCandidates)) {
    const trial = examine(candidate, basic, question, circumstances);
    if (fits(trial) && trial.fault === undefined) return { isNamed, ...trial };
    trials.push(trial);
  }
  const told = isNamed ? (trials.find((trial) => isStranger(trial, question)) ?? trials[0]) : undefined;
  return { isNamed, ...(trials.find(fits) ?? told ?? NOBODY) };
}

/**
 * Of the certificates that the response brings along, the first that is named must be the signer's: clients with
 * OpenSSL look no further, and anybody on the way could put another one before it, as `certs` is not signed.
 */
function firstEmbedded(named: readonly Candidate[]): Candidate[] {
  const first = named.find(({ kind }) => kind === 'embedded');
  return named.filter((candidate) => candidate.kind !== 'embedded' || candidate === first);
}

type Trial = Omit<Signer, 'isNamed'>;

/** Asks first whether the candidate may sign: a key that anybody may have sent is not given to the crypto library. */
function examine(
  candidate: Candidate,
  basic: BasicOcspResponse,
  question: Question,
  circumstances: Circumstances,
): Trial {
  const fault = lacksDelegation(candidate, question, circumstances);
  if (fault !== undefined) return { candidate, signature: undefined, fault };
  const signature = tryKey(candidate, basic);
  return { candidate, signature, fault: outsideValidity(candidate, circumstances.now) };
}

function fits({ signature }: Trial): boolean {
  return signature !== undefined && signature.kind !== 'refused';
}

/** Whether somebody with another key than the issuer's was sent along under the name of the signer. */
function isStranger({ candidate, signature }: Trial, { issuer }: Question): boolean {
  if (candidate === undefined || signature !== undefined) return false;
  return !sameOctets(candidate.certificate.subjectPublicKey, issuer.subjectPublicKey);
}

const NOBODY = { candidate: undefined, signature: undefined, fault: undefined };

/** The issuer, the pinned ones, and what the response brings along. */
function collectCandidates(
  { certificates }: BasicOcspResponse,
  { issuer, trustedResponders }: Question,
): Candidate[] {
  return [
    { kind: 'issuer' as const, certificate: issuer },
    ...trustedResponders.map((certificate) => ({ kind: 'pinned' as const, certificate })),
    ...certificates.map((certificate) => ({ kind: 'embedded' as const, certificate })),
  ];
}

/** RFC 6960 §4.2.1: KeyHash is the SHA-1 of the signer's public key; names are compared by their DER. */
function isNamedBy(id: ResponderId, certificate: Certificate): boolean {
  if (id.kind === 'byName') return sameOctets(certificate.subject, id.name);
  return sameOctets(hashesOf(certificate, 'sha1').key, id.keyHash);
}

function tryKey({ certificate }: Candidate, basic: BasicOcspResponse): SignatureVerdict {
  return verifySignature(publicKeyOf(certificate), {
    signed: basic.tbsResponseData,
    algorithm: basic.signatureAlgorithm,
    signature: basic.signature,
  });
}
