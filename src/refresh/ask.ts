import { LIMITS } from '../defaults.js';
import { OcspbotError } from '../errors.js';
import { makeCertId } from '../ocsp/cert-id.js';
import type { Circumstances } from '../verification/question.js';
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
  if (kind === 'revoked') {
    return new OcspbotError(code, `the certificate is ${problem}`, {
      hint: 'replace the certificate and its key; visitors that check revocation are turned away',
    });
  }
  return new OcspbotError(code, `${what}: ${problem}`, { hint: hintFor(code) });
}

function hintFor(code: string): string | undefined {
  switch (code) {
    case 'responder-try-later':
    case 'responder-internal-error':
      return 'a passing fault of the responder, most likely: it is asked again in the next run';
    case 'responder-unauthorized':
    case 'certificate-unknown':
      return 'a certificate just issued may not be known yet; else ask the CA, or look whether `chain` is of the right issuer';
    case 'next-update-missing':
      return 'set assumed_validity if this responder leaves nextUpdate out on purpose';
    case 'signature-sha1':
      return 'set allow_sha1_signatures if this is a private PKI that cannot do better';
    case 'this-update-in-future':
    case 'produced-at-in-future':
      return "compare this machine's clock with the true time";
    case 'response-expired':
    case 'response-too-old':
    case 'older-than-installed':
      return 'the responder, or a cache before it, gives out old responses; http.method: post goes past most caches';
    default:
      return undefined;
  }
}
