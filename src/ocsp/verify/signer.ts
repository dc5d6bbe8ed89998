import type { VerificationCode } from '../../util/errors.js';
import { LIMITS } from '../../util/limits.js';
import { equalBytes } from '../../util/bytes.js';
import { formatInstant, type Instant } from '../../util/time.js';
import type { Certificate } from '../../x509/certificate.js';
import { DerError } from '../../x509/der.js';
import { commonName } from '../../x509/name.js';
import { hashesOf } from '../cert-id.js';
import {
  classOfRefusal,
  deniesSigner,
  publicKeyOf,
  type SignatureVerdict,
  verifyIssuedBy,
  verifySignature,
} from '../../x509/signature.js';
import type { BasicOcspResponse, ResponderId } from '../response.js';
import { remedyFor, type FailureDetails } from './advice.js';
import { DELEGATE_RULES, type DelegateRule } from './delegate-rules.js';
import type { Circumstances, Question } from './question.js';

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

/** A certificate whose key may have made the signature. */
export interface Candidate {
  readonly kind: 'issuer' | 'pinned' | 'embedded';
  readonly certificate: Certificate;
}

/** The reason why a candidate may not sign for the issuer. */
interface Fault extends FailureDetails {
  readonly code: VerificationCode;
  readonly problem: () => string;
}

/** Finds the fault of an embedded certificate that is not a delegate of the issuer, so that its key must not be used. */
function lacksDelegation(
  { kind, certificate }: Candidate,
  question: Question,
  { policy }: Circumstances,
): Fault | undefined {
  if (kind !== 'embedded') return undefined;
  // The signature is checked last: only it costs time, and anybody can send any number of certificates.
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

/** Verifies the signature of the issuer in the delegate's certificate (RFC 5280 §6.1.3 (a)(1)). */
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

/** Distinguishes a certificate that the issuer did not sign from one whose signature is not accepted. */
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

/** Finds whether a signer is outside of its validity. Another check is responsible for the issuer's validity. */
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
