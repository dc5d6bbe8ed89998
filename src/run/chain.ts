import type { Answer, ExaminedAnswer, FetchRequest, Urgency } from '../client/types.js';
import type { Question } from '../ocsp/verify/question.js';
import { type VerifiedResponse, verify } from '../ocsp/verify/verify.js';
import { toPemChain } from '../staple/pem-chain.js';
import { describe, OcspbotError } from '../util/errors.js';
import { toHex } from '../util/bytes.js';
import { DAY } from '../util/time.js';
import { type Certificate, isSelfIssued } from '../x509/certificate.js';
import { ocspUrls } from '../x509/extensions.js';
import { commonName } from '../x509/name.js';
import type { InspectedCertificate } from './inspect.js';
import { refusal } from './judge.js';
import type { IssuerResponse, RunContext } from './types.js';

/** The content of the file of a response, and what is missing in it. */
export interface FileContent {
  readonly bytes: Uint8Array;
  readonly warnings: readonly string[];
}

/**
 * Makes the content of the file: the response itself, or with `format: pem-chain` also those about the CA certificates of the
 * chain. A response that cannot be had is left out: it must not hold up that of the server's own certificate.
 */
export async function contentFor(
  certificate: InspectedCertificate,
  { der }: VerifiedResponse,
  run: RunContext,
): Promise<FileContent> {
  const { question, subject, staple } = certificate;
  if (question.above === undefined) return { bytes: der, warnings: [] };
  const inPlace = staple.kind === 'usable' ? staple.chain?.above : undefined;
  const authorities = [subject.issuer, ...(subject.above ?? [])];
  const asked = question.above.map(async (one, index): Promise<IssuerResponse> => {
    const found = await fetchOnce(authorities[index] as Certificate, one, certificate, run);
    const kept = inPlace?.[index];
    return found.response === undefined && kept !== undefined ? { response: kept } : found;
  });
  const found = await Promise.all(asked);
  const responses = found.flatMap(({ response }) => (response === undefined ? [] : [response.der]));
  const last = authorities.at(-1) as Certificate;
  const missing = isSelfIssued(last) ? [] : [problemOf(last, 'its issuer is not known, name "rootchain"')];
  return {
    bytes: toPemChain([der, ...responses]),
    warnings: [...missing, ...found.flatMap(({ problem }) => problem ?? [])],
  };
}

function fetchOnce(
  authority: Certificate,
  question: Question,
  certificate: InspectedCertificate,
  run: RunContext,
): Promise<IssuerResponse> {
  const { source, known } = run.issuerResponses;
  if (source.kind !== 'responders') return Promise.resolve({});
  const key = `${toHex(question.issuer.subjectPublicKey)} ${toHex(question.serialNumber)}`;
  const found = known.get(key) ?? fetchAbout(authority, question, certificate, run);
  known.set(key, found);
  return found;
}

async function fetchAbout(
  authority: Certificate,
  question: Question,
  { entry }: InspectedCertificate,
  run: RunContext,
): Promise<IssuerResponse> {
  const responders = { certificateUrls: ocspUrls(authority), override: undefined };
  if (responders.certificateUrls.length === 0) return {};
  // It is not urgent: after a failure it waits its time.
  const isForced = run.trigger === 'forced';
  const urgency: Urgency = isForced ? { kind: 'forced' } : { kind: 'due', criticalAt: run.now + DAY };
  const staple = { kind: 'absent' } as const;
  const request: FetchRequest = { entry, question, responders, staple, urgency };
  try {
    const fetched = await run.issuerResponses.source.fetch(
      request,
      (one) => judge(one, question, run),
      () => undefined,
    );
    if (fetched.kind === 'good') return { response: fetched.response };
    const why = fetched.kind === 'refused' ? fetched.error.message : 'an earlier attempt failed';
    return { problem: problemOf(authority, why) };
  } catch (error) {
    if (!(error instanceof OcspbotError)) throw error;
    return { problem: problemOf(authority, describe(error)) };
  }
}

function problemOf({ subject }: Certificate, why: string): string {
  return `the file has no response about the issuer ${commonName(subject)}: ${why}`;
}

function judge({ body, asked }: Answer, question: Question, run: RunContext): ExaminedAnswer {
  const { policy } = run.configuration;
  const examination = verify(body, question, { policy, now: run.now, asked });
  if (examination.kind === 'good') return { kind: 'good', response: examination.response };
  return { kind: 'refused', error: refusal(examination, 'the response was refused') };
}
