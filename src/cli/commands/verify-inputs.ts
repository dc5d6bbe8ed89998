import { type ErrorCode, type FailureClass, OcspbotError } from '../../util/errors.js';
import type { CheckResult } from '../../ocsp/verify/check.js';
import type { Question } from '../../ocsp/verify/question.js';
import type { Files } from '../../system/system.js';
import { formatInstant, type Instant } from '../../util/time.js';
import type { Certificate } from '../../x509/certificate.js';
import { findIssuer, findLeaf } from '../../x509/chain.js';
import { assertVersion, loadBundle } from '../../x509/load.js';
import { commonName } from '../../x509/name.js';
import { findPath } from '../../x509/path.js';
import { usage } from '../errors.js';
import type { VerifyArguments } from '../verify-arguments.js';

/** The step before a response is looked at: certificate and issuer belong together. */
export type Binding = Pick<CheckResult, 'step' | 'name' | 'section' | 'outcome' | 'evidence'> & {
  readonly code?: string;
  readonly class?: FailureClass;
  readonly remedy?: string | undefined;
};

type Asked = Pick<VerifyArguments, 'issuer' | 'subject' | 'root' | 'trustedResponders'> & {
  readonly now: Instant;
};

/**
 * Reads the files that the arguments name. Throws `usage` where one is not there. Where one holds no certificate
 * that can be read there is no question to judge by, and that is what the binding says.
 */
export function loadQuestion(
  asked: Asked,
  files: Pick<Files, 'read'>,
): { question: Question | undefined; binding: Binding } {
  try {
    return readQuestion(asked, files);
  } catch (error) {
    if (!(error instanceof OcspbotError) || error.code === 'usage') throw error;
    return { question: undefined, binding: failedBinding(error) };
  }
}

function readQuestion(asked: Asked, files: Pick<Files, 'read'>): { question: Question; binding: Binding } {
  const read = (path: string, meant: 'first' | 'any' = 'any') => loadOrUsage(path, meant, files);
  const issuers = read(asked.issuer);
  const trustedResponders = asked.trustedResponders.flatMap((path) => read(path));
  const roots = asked.root === undefined ? undefined : read(asked.root);
  const subject = asked.subject;
  const leaf = subject.kind === 'certificate' ? findLeaf(read(subject.file, 'first')) : undefined;
  if (subject.kind === 'certificate' && leaf !== undefined) assertVersion(leaf, subject.file);
  const serialNumber = subject.kind === 'serial' ? subject.serialNumber : (leaf as Certificate).serialNumber;
  const { binding, ...bound } = bind(leaf, issuers, roots, asked);
  const certificateEnd = leaf?.notAfter;
  return { question: { serialNumber, certificateEnd, ...bound, trustedResponders }, binding };
}

type Bound = Pick<Question, 'issuer' | 'path'> & { readonly binding: Binding };

/** Where no issuer signed the certificate, the first one stands in, so that the rest can still be judged. */
function bind(
  leaf: Certificate | undefined,
  issuers: readonly Certificate[],
  roots: readonly Certificate[] | undefined,
  asked: Asked,
): Bound {
  let issuer = issuers[0] as Certificate;
  try {
    if (leaf !== undefined) issuer = findIssuer(leaf, issuers, asked.issuer, asked.now);
    const where = asked.root ?? '';
    const trust = { certificate: leaf, issuer, between: issuers, where, now: asked.now };
    const path = roots && findPath({ ...trust, roots });
    if (leaf !== undefined) assertInForce(leaf, asked.now);
    const evidence = () =>
      leaf ? `issued by ${commonName(issuer.subject)}` : 'only a serial number was given';
    return { issuer, path, binding: { ...STEP, outcome: leaf ? 'passed' : 'not-judged', evidence } };
  } catch (error) {
    if (!(error instanceof OcspbotError)) throw error;
    return { issuer, binding: failedBinding(error) };
  }
}

const STEP = { step: 1, name: 'certificate and issuer', section: 'RFC 5280 §6.1.3' };

/** RFC 9919 §4.2: an expired certificate is not asked about, and so nothing is installed for it. */
function assertInForce({ subject, notBefore, notAfter }: Certificate, now: Instant): void {
  const name = commonName(subject);
  if (now < notBefore)
    throw new OcspbotError('certificate-not-yet-valid', `${name} is valid from ${formatInstant(notBefore)}`);
  if (now > notAfter)
    throw new OcspbotError('certificate-expired', `${name} expired at ${formatInstant(notAfter)}`);
}

const POLICY: ReadonlySet<ErrorCode> = new Set(['certificate-not-yet-valid', 'certificate-expired']);

function failedBinding({ code, message, hint, class: kind }: OcspbotError): Binding {
  const ofCode = POLICY.has(code) ? 'policy' : 'evidence';
  return { ...STEP, outcome: 'failed', code, class: kind ?? ofCode, evidence: () => message, remedy: hint };
}

function loadOrUsage(
  path: string,
  meant: 'first' | 'any',
  files: Pick<Files, 'read'>,
): readonly Certificate[] {
  try {
    return loadBundle(path, files, meant).certificates;
  } catch (error) {
    if (!(error instanceof OcspbotError)) throw error;
    throw error.code === 'file-missing' || error.code === 'file-unreadable' ? usage(error.message) : error;
  }
}
