import { LIMITS } from '../defaults.js';
import { OcspbotError } from '../errors.js';
import { makeCertId } from '../ocsp/cert-id.js';
import type { Circumstances } from '../verification/question.js';
import { remedyFor } from '../verification/remedy.js';
import { verify, type Examination, type VerifiedResponse } from '../verification/verify.js';
import type { Case } from './case.js';
import type { RunContext } from './run-context.js';

/** What a responder sent, not yet judged. */
export interface Answer {
  readonly body: Uint8Array;
  readonly responder: string;
  readonly nonce: Uint8Array | undefined;
}

/** Asks the responders of a certificate. The transport, and all that it needs, is loaded with the first question. */
export async function fetchFor({ entry, question, responders }: Case, run: RunContext): Promise<Answer> {
  const { http } = run.configuration;
  const { fetchResponse } = await import('../transport/fetch.js');
  const certId = makeCertId(http.hash, question.issuer, question.serialNumber);
  const nonce = http.nonce ? run.system.randomBytes(LIMITS.nonceLength) : undefined;
  const wanted = { certificateUrls: responders, override: entry.responder, certId, nonce };
  const { body, responder } = await fetchResponse(wanted, http, run.transport);
  return { body, responder, nonce };
}

/** The proof that the answer may be installed; otherwise throws an OcspbotError with the code of the check. */
export function examineFetched(
  open: Case,
  { body, responder, nonce }: Answer,
  run: RunContext,
): VerifiedResponse {
  const { staple, question } = open;
  const installed = staple.kind === 'usable' && !run.options.force ? staple.response : undefined;
  const circumstances: Circumstances = { policy: run.configuration.policy, now: run.now, nonce, installed };
  const examination = verify(body, question, circumstances);
  if (examination.kind === 'good') return examination.response;
  throw refusal(examination, `the response from ${responder} was refused`);
}

/** An examination that did not end well, as an error. */
export function refusal({ kind, code, problem }: Examination, what: string): OcspbotError {
  if (code === undefined) throw new TypeError('a response was refused without a code');
  const message = kind === 'revoked' ? `the certificate is ${problem}` : `${what}: ${problem}`;
  return new OcspbotError(code, message, { hint: remedyFor(code) });
}
