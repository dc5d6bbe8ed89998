import { assertTrusted, findIssuer, findLeaf } from '../certificates/chain.js';
import type { Certificate } from '../certificates/certificate.js';
import { loadCertificates } from '../certificates/load.js';
import { commonName } from '../certificates/name.js';
import { OcspbotError } from '../errors.js';
import type { Files } from '../system/interfaces.js';
import type { CheckResult } from '../verification/check.js';
import type { Question } from '../verification/question.js';
import { usage } from './usage.js';
import type { VerifyArguments } from './verify-arguments.js';

/** The step before a response is looked at: certificate and issuer belong together. */
export type Binding = Pick<CheckResult, 'step' | 'name' | 'section' | 'outcome' | 'evidence'> & {
  readonly code?: string;
  readonly class?: 'evidence';
};

type Asked = Pick<VerifyArguments, 'issuer' | 'subject' | 'root' | 'trustedResponders'>;

/** Reads the files that the arguments name. Throws `usage` where one is of no use. */
export function loadQuestion(
  asked: Asked,
  files: Pick<Files, 'read'>,
): { question: Question; binding: Binding } {
  const read = (path: string) => loadOrUsage(path, files);
  const issuers = read(asked.issuer);
  const trustedResponders = asked.trustedResponders.flatMap(read);
  const anchors = asked.root === undefined ? undefined : read(asked.root);
  const subject = asked.subject;
  const leaf = subject.kind === 'certificate' ? findLeaf(read(subject.file), subject.file) : undefined;
  const serialNumber = subject.kind === 'serial' ? subject.serialNumber : (leaf as Certificate).serialNumber;
  const { issuer, binding } = bind(leaf, issuers, anchors, asked);
  return { question: { serialNumber, issuer, trustedResponders }, binding };
}

/** Where no issuer signed the certificate, the first one stands in, so that the rest can still be judged. */
function bind(
  leaf: Certificate | undefined,
  issuers: readonly Certificate[],
  anchors: readonly Certificate[] | undefined,
  asked: Asked,
): { issuer: Certificate; binding: Binding } {
  let issuer = issuers[0] as Certificate;
  try {
    if (leaf !== undefined) issuer = findIssuer(leaf, issuers, asked.issuer);
    if (anchors !== undefined) assertTrusted(issuer, issuers, anchors, asked.root ?? '');
    const evidence = () =>
      leaf ? `issued by ${commonName(issuer.subject)}` : 'only a serial number was given';
    return { issuer, binding: { ...STEP, outcome: leaf ? 'passed' : 'not-judged', evidence } };
  } catch (error) {
    if (!(error instanceof OcspbotError)) throw error;
    return { issuer, binding: failedBinding(error) };
  }
}

const STEP = { step: 1, name: 'certificate and issuer', section: 'RFC 5280 §6.1.3' };

function failedBinding({ code, message }: OcspbotError): Binding {
  return { ...STEP, outcome: 'failed', code, class: 'evidence', evidence: () => message };
}

function loadOrUsage(path: string, files: Pick<Files, 'read'>): Certificate[] {
  try {
    return loadCertificates(path, files);
  } catch (error) {
    if (!(error instanceof OcspbotError)) throw error;
    throw error.code === 'file-missing' || error.code === 'file-unreadable' ? usage(error.message) : error;
  }
}
