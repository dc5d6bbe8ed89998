import { commonName } from '../certificates/name.js';
import type { Instant } from '../time/instant.js';
import type { Check, CheckResult } from './check.js';
import { bindingChecks } from './checks/binding.js';
import { contentChecks } from './checks/content.js';
import { freshnessChecks } from './checks/freshness.js';
import { signerChecks } from './checks/signer.js';
import { structureChecks } from './checks/structure.js';
import type { VerificationCode } from '../error-codes.js';
import { gatherFacts, type Facts } from './facts.js';
import type { Circumstances, Question } from './question.js';
import { reasonName } from './revocation.js';

/** Every check that a response must pass, in this order. */
const CHECKS: readonly Check[] = [
  ...structureChecks,
  ...bindingChecks,
  ...signerChecks,
  ...freshnessChecks,
  ...contentChecks,
];

/**
 * Proof that a response has passed every check. Only `verify` makes one; whatever installs or keeps a
 * response asks for it.
 */
class Verified {
  /** Makes the type nominal: no object literal will do. */
  protected readonly proof = 'verified';
  readonly der: Uint8Array;
  readonly producedAt: Instant;
  readonly thisUpdate: Instant;
  /** As stated, or by `assumed_validity`. */
  readonly nextUpdate: Instant;
  /** The earliest end among nextUpdate, the signer's and the issuer's certificates. */
  readonly usefulUntil: Instant;
  /** Common name of whoever signed. */
  readonly signer: string;

  constructor(der: Uint8Array, { window, signer, question }: Facts) {
    if (window?.kind !== 'exact' || window.nextUpdate === undefined || signer?.candidate === undefined) {
      throw new TypeError('a response passed all checks without times or signer');
    }
    const { certificate } = signer.candidate;
    this.der = der;
    this.producedAt = window.producedAt;
    this.thisUpdate = window.thisUpdate;
    this.nextUpdate = window.nextUpdate;
    this.usefulUntil = Math.min(window.nextUpdate, certificate.notAfter, question.issuer.notAfter);
    this.signer = commonName(certificate.subject);
  }
}

export type VerifiedResponse = Verified;

export type Verdict =
  | { readonly kind: 'good'; readonly response: VerifiedResponse }
  /** Genuine in every respect, and the certificate is revoked. */
  | { readonly kind: 'revoked'; readonly revokedAt: Instant | undefined; readonly reason: string }
  /** Genuine in every respect, and the responder does not know the certificate. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'error-status' }
  | { readonly kind: 'rejected' };

export type Examination = Verdict & {
  readonly checks: readonly CheckResult[];
  /** Of the first check that failed; undefined when the verdict is good. */
  readonly code: VerificationCode | undefined;
  /** The same in words. */
  readonly problem: string;
  readonly window: { readonly thisUpdate: Instant; readonly nextUpdate: Instant | undefined } | undefined;
};

/**
 * Judges one response: the bytes just fetched, read back before the rename, or found on disk.
 * Whatever the bytes are, it returns; every check that can be judged is judged.
 */
export function verify(der: Uint8Array, question: Question, circumstances: Circumstances): Examination {
  const facts = gatherFacts(der, question, circumstances);
  const checks = CHECKS.map((check): CheckResult => {
    const { step, name, section } = check;
    return { step, name, section, ...check.judge(facts) };
  });
  const failures = checks.flatMap((check) => (check.outcome === 'failed' ? [check] : []));
  const window = facts.window?.kind === 'exact' ? facts.window : undefined;
  const verdict = decideVerdict(
    der,
    facts,
    failures.map(({ code }) => code),
  );
  return { ...verdict, checks, code: failures[0]?.code, problem: failures[0]?.evidence() ?? '', window };
}

function decideVerdict(der: Uint8Array, facts: Facts, failures: readonly VerificationCode[]): Verdict {
  const [first, ...others] = failures;
  if (first === undefined) return { kind: 'good', response: new Verified(der, facts) };
  if (facts.reading.kind === 'error-status') return { kind: 'error-status' };
  if (others.length > 0) return { kind: 'rejected' };
  if (first === 'certificate-unknown') return { kind: 'unknown' };
  if (first !== 'certificate-revoked' || facts.match?.kind !== 'found') return { kind: 'rejected' };
  const { status } = facts.match.single;
  const revokedAt = facts.window?.kind === 'exact' ? facts.window.revocationTime : undefined;
  return { kind: 'revoked', revokedAt, reason: reasonName('reason' in status ? status.reason : undefined) };
}
