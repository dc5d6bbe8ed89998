import { OcspbotError } from '../errors.js';
import type { Circumstances } from '../verification/question.js';
import { remedyFor } from '../verification/remedy.js';
import { verify, type Examination, type VerifiedResponse } from '../verification/verify.js';
import type { Case } from './case.js';
import { forgivenIn, mayGoBack, type RunContext } from './run-context.js';
import type { Answer } from './source.js';

/** The proof that the answer may be installed; otherwise throws an OcspbotError with the code of the check. */
export function examineAnswer(
  { staple, question }: Case,
  { body, origin, asked }: Answer,
  run: RunContext,
): VerifiedResponse {
  const installed = staple.kind === 'usable' && !mayGoBack(run) ? staple.response : undefined;
  const { policy } = run.configuration;
  const circumstances: Circumstances = { policy, now: run.now, asked, installed, forgiven: forgivenIn(run) };
  const examination = verify(body, question, circumstances);
  if (examination.kind === 'good') return examination.response;
  const where = 'given' in origin ? `in ${origin.given}` : `from ${origin.responder}`;
  throw refusal(examination, `the response ${where} was refused`);
}

/** An examination that did not end well, as an error. */
export function refusal({ kind, code, problem }: Examination, what: string): OcspbotError {
  if (code === undefined) throw new TypeError('a response was refused without a code');
  const message = kind === 'revoked' ? `the certificate is ${problem}` : `${what}: ${problem}`;
  return new OcspbotError(code, message, { hint: remedyFor(code) });
}
