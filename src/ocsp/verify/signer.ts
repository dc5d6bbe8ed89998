import { LIMITS } from '../../util/limits.js';
import { equalBytes } from '../../util/bytes.js';
import type { Certificate } from '../../x509/certificate.js';
import { hashesOf } from '../cert-id.js';
import { publicKeyOf, type SignatureVerdict, verifySignature } from '../../x509/signature.js';
import type { BasicOcspResponse, ResponderId } from '../response.js';
import type { Circumstances, Question } from './question.js';
import { type Candidate, type Fault, lacksDelegation, outsideValidity } from './signer-fault.js';

/** The signer, as far as it is known. */
export interface Signer {
  /** True if the responderID names one of the candidates. */
  readonly isNamed: boolean;
  /** The candidate whose key made the signature; else a candidate that the responderID names. */
  readonly candidate: Candidate | undefined;
  /** The verdict with the candidate's key; undefined if there is no candidate, or if the candidate is not a delegate. */
  readonly signature: SignatureVerdict | undefined;
  /** The reason why the candidate may not sign. */
  readonly fault: Fault | undefined;
}

/**
 * Tries the keys of the candidates that the responderID names. If it names none of them, the check of the responderID
 * fails. The other candidates are tried all the same, so that the signature can still be checked.
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
    if (didSign(trial) && trial.fault === undefined) return { isNamed, ...trial };
    trials.push(trial);
  }
  const reported = isNamed ? (trials.find((trial) => isStranger(trial, question)) ?? trials[0]) : undefined;
  return { isNamed, ...(trials.find(didSign) ?? reported ?? NO_CANDIDATE) };
}

/**
 * Keeps only the first of the embedded certificates. It must be the signer's, because clients with OpenSSL try no other
 * one. `certs` is not signed, so anybody on the way could put another certificate before the signer's.
 */
function firstEmbedded(named: readonly Candidate[]): Candidate[] {
  const first = named.find(({ kind }) => kind === 'embedded');
  return named.filter((candidate) => candidate.kind !== 'embedded' || candidate === first);
}

type Trial = Omit<Signer, 'isNamed'>;

/** Checks first whether the candidate may sign, because the crypto library must not get a stranger's key. */
function examine(
  candidate: Candidate,
  basic: BasicOcspResponse,
  question: Question,
  circumstances: Circumstances,
): Trial {
  const fault = lacksDelegation(candidate, question, circumstances);
  if (fault !== undefined) return { candidate, signature: undefined, fault };
  const signature = verifyWithKeyOf(candidate, basic);
  return { candidate, signature, fault: outsideValidity(candidate, circumstances.now) };
}

function didSign({ signature }: Trial): boolean {
  return signature !== undefined && signature.kind !== 'refused';
}

/** Reports whether the candidate has the signer's name, but is not a delegate and has another key than the issuer. */
function isStranger({ candidate, signature }: Trial, { issuer }: Question): boolean {
  if (candidate === undefined || signature !== undefined) return false;
  return !equalBytes(candidate.certificate.subjectPublicKey, issuer.subjectPublicKey);
}

const NO_CANDIDATE = { candidate: undefined, signature: undefined, fault: undefined };

/** Collects the issuer, the pinned responders and the certificates in the response. */
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

/**
 * Compares a responderID, whose KeyHash is the SHA-1 of the public key (RFC 6960 §4.2.1). Names are compared as DER.
 */
export function isNamedBy(id: ResponderId, certificate: Certificate): boolean {
  if (id.kind === 'byName') return equalBytes(certificate.subject, id.name);
  return equalBytes(hashesOf(certificate, 'sha1').key, id.keyHash);
}

function verifyWithKeyOf({ certificate }: Candidate, basic: BasicOcspResponse): SignatureVerdict {
  return verifySignature(publicKeyOf(certificate), {
    signed: basic.tbsResponseData,
    algorithm: basic.signatureAlgorithm,
    signature: basic.signature,
  });
}
