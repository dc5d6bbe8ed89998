import type { FailureClass, VerificationCode } from '../../util/errors.js';
import { NOT_ACCEPTED } from '../../x509/signature.js';
import { type FailureDetails, remedyFor } from './advice.js';
import type { Facts } from './facts.js';

/** A check of the verification of a response. */
export interface Check {
  /** The number of the step in docs/checks.md. Several checks may share one. */
  readonly step: number;
  readonly name: string;
  /** The section of the standard that has the rule. */
  readonly section: string;
  judge(facts: Facts): Finding;
}

/** The result of a check. The evidence is put into words only if somebody reads it. */
export type Finding =
  | { readonly outcome: 'passed'; readonly evidence: () => string }
  | ({
      readonly outcome: 'warning';
      readonly code: VerificationCode;
      readonly evidence: () => string;
    } & Pick<FailureDetails, 'remedy'>)
  | ({
      readonly outcome: 'failed';
      readonly code: VerificationCode;
      readonly class: FailureClass;
      readonly evidence: () => string;
    } & Pick<FailureDetails, 'remedy' | 'section'>)
  /** The check does not apply, or an earlier failure leaves nothing to check. */
  | { readonly outcome: 'not-judged'; readonly evidence: () => string };

export type CheckResult = Pick<Check, 'step' | 'name' | 'section'> & Finding;

export function passed(evidence: () => string): Finding {
  return { outcome: 'passed', evidence };
}

export function warning(code: VerificationCode, evidence: () => string): Finding {
  return { outcome: 'warning', code, evidence, remedy: remedyFor(code) };
}

export function failed(
  code: VerificationCode,
  evidence: () => string,
  details: FailureDetails = {},
): Finding {
  const { class: kind = classOf(code), remedy = remedyFor(code), section } = details;
  return {
    outcome: 'failed',
    code,
    class: kind,
    evidence,
    remedy,
    ...(section === undefined ? {} : { section }),
  };
}

export function notJudged(why: string): Finding {
  return { outcome: 'not-judged', evidence: () => why };
}

/** Failures of a sound response that our rules do not accept. All others are evidence of a fault or a forgery. */
const POLICY: ReadonlySet<VerificationCode> = new Set<VerificationCode>([
  ...NOT_ACCEPTED,
  'signature-sha1',
  'answer-not-first',
  'signature-pss-unusual',
  'nonce-critical',
  'signer-non-repudiation',
  'signer-without-nocheck',
  'signer-nocheck-critical',
  'this-update-in-future',
  'produced-at-in-future',
  'next-update-missing',
  'next-update-before-this-update',
  'response-expired',
  'response-too-old',
  'certificate-expired',
  'interval-unusual',
  'older-than-installed',
]);

/** Reports whether a failure says that the response is for another certificate. */
export function isForOther(code: VerificationCode): boolean {
  return code === 'certid-mismatch' || code === 'certid-hash-mismatch';
}

export function classOf(code: VerificationCode): FailureClass {
  return POLICY.has(code) ? 'policy' : 'evidence';
}
