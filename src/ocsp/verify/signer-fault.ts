import type { VerificationCode } from '../../util/errors.js';
import { type Instant, formatInstant } from '../../util/time.js';
import type { Certificate } from '../../x509/certificate.js';
import { DerError } from '../../x509/der.js';
import { commonName } from '../../x509/name.js';
import { verifyIssuedBy, type SignatureVerdict, deniesSigner, classOfRefusal } from '../../x509/signature.js';
import { type FailureDetails, remedyFor } from './advice.js';
import { DELEGATE_RULES, type DelegateRule } from './delegate-rules.js';
import type { Question, Circumstances } from './question.js';

/** A certificate whose key may have made the signature. */
export interface Candidate {
  readonly kind: 'issuer' | 'pinned' | 'embedded';
  readonly certificate: Certificate;
}

/** The reason why a candidate may not sign for the issuer. */
export interface Fault extends FailureDetails {
  readonly code: VerificationCode;
  readonly problem: () => string;
}

/** Finds the fault of an embedded certificate that is not a delegate of the issuer, so that its key must not be used. */
export function lacksDelegation(
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
export function outsideValidity({ kind, certificate }: Candidate, now: Instant): Fault | undefined {
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
