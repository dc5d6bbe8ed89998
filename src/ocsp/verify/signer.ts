import type { VerificationCode } from '../../util/errors.js';
import { LIMITS } from '../../util/limits.js';
import { equalBytes } from '../../util/bytes.js';
import { formatInstant, type Instant } from '../../util/time.js';
import type { Certificate } from '../../x509/certificate.js';
import { DerError } from '../../x509/der.js';
import { commonName, hashesOf } from '../../x509/name.js';
import {
  classOfRefusal,
  deniesSigner,
  publicKeyOf,
  type SignatureVerdict,
  verifyIssuedBy,
  verifySignature,
} from '../../x509/signature.js';
import type { BasicOcspResponse, ResponderId } from '../response.js';
import { remedyFor } from './advice.js';
import { DELEGATE_RULES, type DelegateRule } from './delegate-rules.js';
import type { Circumstances, FailureDetails, Question } from './question.js';

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
  return !equalBytes(candidate.certificate.subjectPublicKey, issuer.subjectPublicKey);
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
  if (id.kind === 'byName') return equalBytes(certificate.subject, id.name);
  return equalBytes(hashesOf(certificate, 'sha1').key, id.keyHash);
}

function tryKey({ certificate }: Candidate, basic: BasicOcspResponse): SignatureVerdict {
  return verifySignature(publicKeyOf(certificate), {
    signed: basic.tbsResponseData,
    algorithm: basic.signatureAlgorithm,
    signature: basic.signature,
  });
}

/** Someone whose key may have made the signature. */
export interface Candidate {
  readonly kind: 'issuer' | 'pinned' | 'embedded';
  readonly certificate: Certificate;
}

/** Why somebody may not sign for the issuer. */
interface Fault extends FailureDetails {
  readonly code: VerificationCode;
  readonly problem: () => string;
}

/** Finds the fault of a certificate in the response that is no delegate of the issuer: its key must not be used. */
function lacksDelegation(
  { kind, certificate }: Candidate,
  question: Question,
  { policy }: Circumstances,
): Fault | undefined {
  if (kind !== 'embedded') return undefined;
  // The signature comes last: anybody can send any number of certificates, and only it costs time.
  return unfitToDelegate(certificate, question) ?? notSignedBy(question.issuer, certificate, policy);
}

function unfitToDelegate(certificate: Certificate, question: Question): Fault | undefined {
  for (const rule of DELEGATE_RULES) {
    const problem = problemOf(rule, certificate, question);
    if (problem !== undefined) return fault(certificate, rule.code, problem, { section: rule.section });
  }
  return undefined;
}

function problemOf(rule: DelegateRule, certificate: Certificate, question: Question): string | undefined {
  try {
    return rule.judge(certificate, question);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return error.message;
  }
}

function fault(
  { subject }: Certificate,
  code: VerificationCode,
  problem: string,
  details: FailureDetails = {},
): Fault {
  return { code, problem: () => `${commonName(subject)} ${problem}`, ...details };
}

/** RFC 5280 §6.1.3 (a)(1) */
function notSignedBy(
  issuer: Certificate,
  certificate: Certificate,
  { allowSha1Signatures }: Circumstances['policy'],
): Fault | undefined {
  const issued = verifyIssuedBy(certificate, issuer);
  if (issued.kind === 'refused') return refusedBy(issuer, certificate, issued);
  if (issued.kind === 'valid' || allowSha1Signatures) return undefined;
  return fault(certificate, 'signature-sha1', `has a certificate signed by ${issued.algorithm}`);
}

/** Tells a signature of somebody else from one that is not accepted, so that nobody can say whose it is. */
function refusedBy(
  issuer: Certificate,
  certificate: Certificate,
  { code, problem }: Extract<SignatureVerdict, { kind: 'refused' }>,
): Fault {
  const name = commonName(issuer.subject);
  if (deniesSigner(code)) {
    return fault(certificate, 'signer-not-authorized', `was not issued by ${name}: ${problem}`);
  }
  const words = `has a signature by ${name} that is not accepted: ${problem}`;
  const details = { class: classOfRefusal(code), remedy: remedyFor(code) };
  return fault(certificate, 'signer-not-authorized', words, details);
}

/** Finds whether a signer is outside of its validity. The issuer's own validity is another step's business. */
function outsideValidity({ kind, certificate }: Candidate, now: Instant): Fault | undefined {
  if (kind === 'issuer') return undefined;
  const { subject, notBefore, notAfter } = certificate;
  const name = () => commonName(subject);
  if (now < notBefore) {
    const problem = () => `${name()} is valid from ${formatInstant(notBefore)}`;
    return { code: 'signer-not-yet-valid', problem };
  }
  if (now > notAfter) {
    return { code: 'signer-expired', problem: () => `${name()} expired at ${formatInstant(notAfter)}` };
  }
  return undefined;
}
