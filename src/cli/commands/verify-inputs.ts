import { type ErrorCode, OcspbotError } from '../../util/errors.js';
import type { Question } from '../../ocsp/verify/question.js';
import type { ShownCheck } from '../../report/checks.js';
import type { Files } from '../../system/system.js';
import { formatInstant, type Instant } from '../../util/time.js';
import type { Certificate } from '../../x509/certificate.js';
import { findIssuer, findLeaf } from '../../x509/chain.js';
import { assertVersion, loadBundle } from '../../x509/load.js';
import { commonName } from '../../x509/name.js';
import { findPath } from '../../x509/path.js';
import { usage } from '../values.js';
import type { VerifyArguments } from '../verify-arguments.js';

type VerifyInputs = Pick<VerifyArguments, 'issuer' | 'subject' | 'root' | 'trustedResponders'> & {
  readonly now: Instant;
};

/**
 * Reads the files that the arguments name. Throws `usage` if one is missing. If one has no readable certificate, there is
 * no question to verify a response by, and the failed binding gives the reason.
 */
export function loadQuestion(
  inputs: VerifyInputs,
  files: Pick<Files, 'read'>,
): { question: Question | undefined; binding: ShownCheck } {
  try {
    return readQuestion(inputs, files);
  } catch (error) {
    if (!(error instanceof OcspbotError) || error.code === 'usage') throw error;
    return { question: undefined, binding: failedBinding(error) };
  }
}

function readQuestion(
  inputs: VerifyInputs,
  files: Pick<Files, 'read'>,
): { question: Question; binding: ShownCheck } {
  const read = (path: string, meant: 'first' | 'any' = 'any') => loadOrUsage(path, meant, files);
  const issuers = read(inputs.issuer);
  const trustedResponders = inputs.trustedResponders.flatMap((path) => read(path));
  const roots = inputs.root === undefined ? undefined : read(inputs.root);
  const subject = inputs.subject;
  const own = subject.kind === 'certificate' ? read(subject.file, 'first') : [];
  const leaf = subject.kind === 'certificate' ? findLeaf(own) : undefined;
  if (subject.kind === 'certificate' && leaf !== undefined) assertVersion(leaf, subject.file);
  const serialNumber = subject.kind === 'serial' ? subject.serialNumber : (leaf as Certificate).serialNumber;
  const { binding, ...bound } = bind(leaf, { issuers, own, roots }, inputs);
  const certificateEnd = leaf?.notAfter;
  return { question: { serialNumber, certificateEnd, ...bound, trustedResponders }, binding };
}

type BoundIssuer = Pick<Question, 'issuer' | 'path'> & { readonly binding: ShownCheck };

/** The certificates of the files. */
interface Given {
  readonly issuers: readonly Certificate[];
  /** Those of the server's file; empty if only a serial number is given. */
  readonly own: readonly Certificate[];
  readonly roots: readonly Certificate[] | undefined;
}

/**
 * Finds the issuer of the certificate in all files, as a run does. If none signed it, the first one of `--issuer` is used,
 * so that the other checks still run.
 */
function bind(
  leaf: Certificate | undefined,
  { issuers, own, roots }: Given,
  inputs: VerifyInputs,
): BoundIssuer {
  const between = [...issuers, ...own, ...(roots ?? [])];
  let issuer = issuers[0] as Certificate;
  try {
    if (leaf !== undefined) issuer = findIssuer(leaf, between, inputs.issuer, inputs.now);
    const where = inputs.root ?? '';
    const trust = { certificate: leaf, issuer, between, where, now: inputs.now };
    const path = roots && findPath({ ...trust, roots });
    if (leaf !== undefined) assertValidNow(leaf, inputs.now);
    const evidence = () =>
      leaf ? `issued by ${commonName(issuer.subject)}` : 'only a serial number was given';
    return { issuer, path, binding: { ...BINDING_CHECK, outcome: leaf ? 'passed' : 'not-judged', evidence } };
  } catch (error) {
    if (!(error instanceof OcspbotError)) throw error;
    return { issuer, binding: failedBinding(error) };
  }
}

const BINDING_CHECK = { step: 1, name: 'certificate and issuer', section: 'RFC 5280 §6.1.3' };

/** Refuses an expired certificate: no request is made for it (RFC 9919 §4.2), and so no response is installed. */
function assertValidNow({ subject, notBefore, notAfter }: Certificate, now: Instant): void {
  const name = commonName(subject);
  const hint = 'give the certificate that is in use now: --cert FILE; or set the clock of this machine';
  if (now < notBefore)
    throw new OcspbotError('certificate-not-yet-valid', `${name} is valid from ${formatInstant(notBefore)}`, {
      hint,
    });
  if (now > notAfter)
    throw new OcspbotError('certificate-expired', `${name} expired at ${formatInstant(notAfter)}`, { hint });
}

const POLICY_CODES: ReadonlySet<ErrorCode> = new Set(['certificate-not-yet-valid', 'certificate-expired']);

function failedBinding({ code, message, hint, class: kind }: OcspbotError): ShownCheck {
  const ofCode = POLICY_CODES.has(code) ? 'policy' : 'evidence';
  return {
    ...BINDING_CHECK,
    outcome: 'failed',
    code,
    class: kind ?? ofCode,
    evidence: () => message,
    remedy: hint,
  };
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
    throw error.code === 'file-missing' || error.code === 'file-unreadable'
      ? usage(error.message, error.hint)
      : error;
  }
}
