import type { VerificationCode } from '../../util/errors.js';
import type { Instant } from '../../util/time.js';
import { commonName } from '../../x509/name.js';
import { reasonName, remedyFor } from './advice.js';
import { type Check, type CheckResult, failed, type Finding, passed, warning } from './check.js';
import { certIdChecks } from './checks/cert-id.js';
import { contentChecks } from './checks/content.js';
import { certificateChecks } from './checks/certificates.js';
import { signerChecks } from './checks/signer.js';
import { structureChecks } from './checks/structure.js';
import { timeChecks } from './checks/times.js';
import { compareAnew, type Comparison, type Facts, gatherFacts } from './facts.js';
import { type Circumstances, type Forgivable, FORGIVABLE, type Question } from './question.js';

/** The checks that a response must pass, in this order. */
const CHECKS: readonly Check[] = [
  ...structureChecks,
  ...certIdChecks,
  ...signerChecks,
  ...timeChecks,
  ...certificateChecks,
  ...contentChecks,
];

/**
 * The proof that a response has passed every check, except failures that were overridden. Only `verify` makes one, and
 * everything that installs or keeps a response requires one.
 */
class Verified {
  /** Makes the type nominal, so that no object literal has it. */
  protected readonly proof = 'verified';
  readonly der: Uint8Array;
  readonly producedAt: Instant;
  readonly thisUpdate: Instant;
  /** The stated one, or the one by `assumed_validity`. */
  readonly nextUpdate: Instant;
  /** The earliest of nextUpdate, thisUpdate + `max_age`, and the ends of all certificates. Later a check fails. */
  readonly usefulUntil: Instant;
  /** The common name of the signer. */
  readonly signer: string;
  /** The same response as that for the other certificates of the question, by the names of their entries. */
  readonly also: ReadonlyMap<string, Verified>;
  /** The number of SingleResponses. */
  readonly singleResponses: number;
  /** The warnings of the checks. */
  readonly remarks: readonly string[];
  /** The failures that were overridden. Clients will refuse a response that has any. */
  readonly forgiven: readonly Forgivable[];

  constructor(
    der: Uint8Array,
    facts: Facts,
    checks: readonly CheckResult[],
    also: ReadonlyMap<string, Verified>,
  ) {
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
    ends.push(question.certificateEnd ?? Infinity, ...[...also.values()].map((one) => one.usefulUntil));
    this.also = also;
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
  /** The response passed all other checks, and the certificate is revoked. */
  | { readonly kind: 'revoked'; readonly revokedAt: Instant | undefined; readonly reason: string }
  /** The response passed all other checks, and the responder does not know the certificate. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'error-status' }
  | { readonly kind: 'rejected' };

/** The result of every check, and the verdict. Only a failed examination has a code. */
export type Examination = PassedExamination | FailedExamination;

export type PassedExamination = Extract<Verdict, { kind: 'good' }> &
  ExaminedChecks & { readonly code: undefined; readonly problem: ''; readonly remedy: undefined };

export type FailedExamination = Exclude<Verdict, { kind: 'good' }> &
  ExaminedChecks & {
    /** The code of the failure that decided. */
    readonly code: VerificationCode;
    /** The failure in words, and a sentence that tells the user what to do. */
    readonly problem: string;
    readonly remedy: string | undefined;
    /** The examination for another certificate of the question, if only that failed. */
    readonly other?: FailedExamination | undefined;
  };

/** The key of the response and the facts, for `judgeAgain`. Nothing that shows or copies an examination sees it. */
const EVIDENCE = Symbol('evidence');

interface ExaminedChecks {
  readonly [EVIDENCE]?: { readonly der: Uint8Array; readonly facts: Facts };
  readonly checks: readonly CheckResult[];
  readonly window: { readonly thisUpdate: Instant; readonly nextUpdate: Instant | undefined } | undefined;
}

/**
 * Verifies one response: bytes just fetched, supplied, or found on the disk. It returns for any bytes,
 * and makes every check that can be made.
 */
export function verify(der: Uint8Array, question: Question, circumstances: Circumstances): Examination {
  return judge(der, gatherFacts(der, question, circumstances));
}

/** Verifies the same bytes with another comparison, without checking their signature again. */
export function judgeAgain(examination: Examination, comparison: Comparison): Examination {
  const known = examination[EVIDENCE];
  if (known === undefined) throw new TypeError('judgeAgain takes what verify has returned');
  return judge(known.der, compareAnew(known.facts, comparison));
}

function judge(der: Uint8Array, facts: Facts): Examination {
  // V8 would keep the values of a WeakMap until it collects the whole heap, which a run does only once or twice.
  return Object.defineProperty(conclude(der, facts), EVIDENCE, { value: { der, facts } });
}

function conclude(der: Uint8Array, facts: Facts): Examination {
  const checks = CHECKS.map((check): CheckResult => {
    const { step, name, section } = check;
    return { step, name, section, ...forgive(check.judge(facts), facts.forgiven) };
  });
  const failures = checks.filter((check) => check.outcome === 'failed');
  // The status that a response states counts only if no other check fails.
  const failure = failures.find(({ code }) => !STATUS_CODES.has(code)) ?? failures[0];
  const window = facts.window?.kind === 'exact' ? facts.window : undefined;
  if (failure === undefined) return concludeForAll(der, facts, { checks, window });
  const verdict = verdictOf(failure.code, facts);
  const { code, evidence } = failure;
  const isShared = facts.also.length > 0 && UNWILLING.has(code);
  const remedy = isShared ? remedyFor('not-good-for-all') : failure.remedy;
  return { ...verdict, checks, code, problem: evidence(), remedy, window };
}

/** Concludes about a response that is good for its certificate. One for several certificates must be good for each. */
function concludeForAll(der: Uint8Array, facts: Facts, { checks: own, window }: ExaminedChecks): Examination {
  const others = facts.also.map(([name, one]) => [name, conclude(der, one)] as const);
  const checks = [...own, ...others.map(([name, one]) => checkFor(name, one))];
  const failure = checks.slice(own.length).find((check) => check.outcome === 'failed');
  if (failure !== undefined) {
    const { code, evidence, remedy } = failure;
    const other = others.map(([, one]) => one).find((one) => one.kind !== 'good');
    return { kind: 'rejected', checks, code, problem: evidence(), remedy, window, other };
  }
  const also = others.flatMap(([name, one]) => (one.kind === 'good' ? [[name, one.response] as const] : []));
  const response = new Verified(der, facts, checks, new Map(also));
  return { kind: 'good', response, checks, code: undefined, problem: '', remedy: undefined, window };
}

/** The failures of a responder that does not answer about several certificates at once. */
const UNWILLING: ReadonlySet<VerificationCode> = new Set([
  'responder-malformed-request',
  'responder-unauthorized',
  'certid-mismatch',
  'certid-hash-mismatch',
  'signer-not-authorized',
  'signer-not-found',
  'signature-invalid',
]);

/** Makes the check that a response is good for another certificate, too. */
function checkFor(name: string, examination: Examination): CheckResult {
  const check = { step: 8, name: `also for ${name}`, section: 'RFC 6960 §3.2' };
  if (examination.kind === 'good') return { ...check, ...passed(() => 'good for it') };
  const { code, problem, remedy } = examination;
  const own = UNWILLING.has(code) ? {} : { remedy };
  return { ...check, ...failed('not-good-for-all', () => `not good for ${name}: ${problem}`, own) };
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

/** The failures that come from the stated status of the certificate. */
const STATUS_CODES: ReadonlySet<VerificationCode> = new Set(['certificate-revoked', 'certificate-unknown']);

/** Returns the verdict for the failure that decided. */
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
