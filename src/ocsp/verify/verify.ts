import type { VerificationCode } from '../../util/errors.js';
import type { Instant } from '../../util/time.js';
import { commonName } from '../../x509/name.js';
import { reasonName } from './advice.js';
import { type Check, type CheckResult, type Finding, warning } from './check.js';
import { bindingChecks } from './checks/cert-id.js';
import { contentChecks } from './checks/content.js';
import { certificateChecks } from './checks/certificates.js';
import { signerChecks } from './checks/signer.js';
import { structureChecks } from './checks/structure.js';
import { freshnessChecks } from './checks/times.js';
import { compareAnew, type Comparison, type Facts, gatherFacts } from './facts.js';
import { type Circumstances, type Forgivable, FORGIVABLE, type Question } from './question.js';

/** Every check that a response must pass, in this order. */
const CHECKS: readonly Check[] = [
  ...structureChecks,
  ...bindingChecks,
  ...signerChecks,
  ...freshnessChecks,
  ...certificateChecks,
  ...contentChecks,
];

/**
 * Proof that a response has passed every check, but for those that were forgiven. Only `verify` makes one; whatever
 * installs or keeps a response asks for it.
 */
class Verified {
  /** Makes the type nominal: no object literal will do. */
  protected readonly proof = 'verified';
  readonly der: Uint8Array;
  readonly producedAt: Instant;
  readonly thisUpdate: Instant;
  /** As stated, or by `assumed_validity`. */
  readonly nextUpdate: Instant;
  /** The earliest among nextUpdate, thisUpdate + `max_age`, and the ends of all certificates: then a check fails. */
  readonly usefulUntil: Instant;
  /** Common name of whoever signed. */
  readonly signer: string;
  /** How many SingleResponses it has. */
  readonly singleResponses: number;
  /** What the checks warned about. */
  readonly remarks: readonly string[];
  /** Which failures were overlooked: with any, clients will turn it down. */
  readonly forgiven: readonly Forgivable[];

  constructor(der: Uint8Array, facts: Facts, checks: readonly CheckResult[]) {
    const { basic, window, signer, question, policy } = facts;
    if (window?.kind !== 'exact' || window.nextUpdate === undefined || signer?.candidate === undefined) {
      throw new TypeError('a response passed all checks without times or signer');
    }
    const { certificate } = signer.candidate;
    this.der = der;
    this.producedAt = window.producedAt;
    this.thisUpdate = window.thisUpdate;
    this.nextUpdate = window.nextUpdate;
    const ends = [certificate, question.issuer, ...(question.path ?? [])].map(({ notAfter }) => notAfter);
    ends.push(question.certificateEnd ?? Infinity);
    this.usefulUntil = Math.min(window.nextUpdate, window.thisUpdate + policy.maxAge, ...ends);
    this.signer = commonName(certificate.subject);
    this.singleResponses = basic?.responses.length ?? 0;
    this.remarks = remarksOf(checks);
    this.forgiven = forgivenIn(checks);
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
  /** The same in words, and what to do about it. */
  readonly problem: string;
  readonly remedy: string | undefined;
  readonly window: { readonly thisUpdate: Instant; readonly nextUpdate: Instant | undefined } | undefined;
};

/**
 * Judges one response: the bytes just fetched, read back before the rename, or found on disk.
 * Whatever the bytes are, it returns; every check that can be judged is judged.
 */
export function verify(der: Uint8Array, question: Question, circumstances: Circumstances): Examination {
  return judge(der, gatherFacts(der, question, circumstances));
}

/** What an examination was made of. */
const evidence = new WeakMap<Examination, { readonly der: Uint8Array; readonly facts: Facts }>();

/** Judges the same octets by another comparison: their signature has been checked already. */
export function judgeAgain(examination: Examination, comparison: Comparison): Examination {
  const known = evidence.get(examination);
  if (known === undefined) throw new TypeError('judgeAgain takes what verify has returned');
  return judge(known.der, compareAnew(known.facts, comparison));
}

function judge(der: Uint8Array, facts: Facts): Examination {
  const examination = conclude(der, facts);
  evidence.set(examination, { der, facts });
  return examination;
}

function conclude(der: Uint8Array, facts: Facts): Examination {
  const checks = CHECKS.map((check): CheckResult => {
    const { step, name, section } = check;
    return { step, name, section, ...forgive(check.judge(facts), facts.forgiven) };
  });
  const failures = checks.filter((check) => check.outcome === 'failed');
  // What a response says of the certificate counts only where nothing else is wrong with it.
  const failure = failures.find(({ code }) => !STATUS.has(code)) ?? failures[0];
  const window = facts.window?.kind === 'exact' ? facts.window : undefined;
  if (failure === undefined) {
    const response = new Verified(der, facts, checks);
    return { kind: 'good', response, checks, code: undefined, problem: '', remedy: undefined, window };
  }
  const verdict = verdictOf(failure.code, facts);
  const { code, evidence, remedy } = failure;
  return { ...verdict, checks, code, problem: evidence(), remedy, window };
}

function forgive(finding: Finding, forgiven: readonly Forgivable[] = []): Finding {
  if (finding.outcome !== 'failed') return finding;
  const isForgiven = forgiven.some((code) => code === finding.code);
  return isForgiven ? warning(finding.code, finding.evidence) : finding;
}

function forgivenIn(checks: readonly CheckResult[]): Forgivable[] {
  return FORGIVABLE.filter((code) =>
    checks.some((check) => check.outcome === 'warning' && check.code === code),
  );
}

function remarksOf(checks: readonly CheckResult[]): string[] {
  return checks.flatMap((check) =>
    check.outcome === 'warning' ? [`${check.name}: ${check.evidence()}`] : [],
  );
}

/** Failures of a response that is genuine and says that the certificate is not good. */
const STATUS: ReadonlySet<VerificationCode> = new Set(['certificate-revoked', 'certificate-unknown']);

/** Tells what the failure that counts means. */
function verdictOf(
  code: VerificationCode,
  { reading, match, window }: Facts,
): Exclude<Verdict, { kind: 'good' }> {
  if (reading.kind === 'error-status') return { kind: 'error-status' };
  if (code === 'certificate-unknown') return { kind: 'unknown' };
  if (code !== 'certificate-revoked' || match?.kind !== 'found') return { kind: 'rejected' };
  const { status } = match.single;
  const revokedAt = window?.kind === 'exact' ? window.revocationTime : undefined;
  return { kind: 'revoked', revokedAt, reason: reasonName('reason' in status ? status.reason : undefined) };
}
