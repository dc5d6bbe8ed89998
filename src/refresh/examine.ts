import { OcspbotError } from '../errors.js';
import type { Circumstances } from '../verification/question.js';
import { remedyFor } from '../verification/remedy.js';
import { verify, type Examination } from '../verification/verify.js';
import type { Case } from './case.js';
import { forgivenIn, mayGoBack, type RunContext } from './run-context.js';
import type { Answer, Judgement } from './source.js';

/** What an answer is worth: whether it is good, and better than what is in place. */
export function judgeAnswer(
  { staple, question }: Case,
  { body, origin, asked }: Answer,
  run: RunContext,
): Judgement {
  const old = staple.kind === 'usable' ? staple.response : undefined;
  const mayBeOlder = mayGoBack(run);
  const installed = mayBeOlder ? undefined : old;
  const { policy } = run.configuration;
  const circumstances: Circumstances = { policy, now: run.now, asked, installed, forgiven: forgivenIn(run) };
  const examination = verify(body, question, circumstances);
  if (examination.kind !== 'good') {
    const where = 'given' in origin ? `in ${origin.given}` : `from ${origin.responder}`;
    return { kind: 'refused', error: refusal(examination, `the response ${where} was refused`) };
  }
  const { response } = examination;
  if (old === undefined) return { kind: 'good', response };
  if (Buffer.from(old.der).equals(response.der)) return { kind: 'not-newer', reason: 'same-response' };
  const gains = response.thisUpdate > old.thisUpdate || response.usefulUntil > old.usefulUntil;
  return gains || mayBeOlder
    ? { kind: 'good', response }
    : { kind: 'not-newer', reason: 'no-newer-response' };
}

/** An examination that did not end well, as an error. */
export function refusal({ kind, code, problem }: Examination, what: string): OcspbotError {
  if (code === undefined) throw new TypeError('a response was refused without a code');
  const message = kind === 'revoked' ? `the certificate is ${problem}` : `${what}: ${problem}`;
  return new OcspbotError(code, message, { hint: remedyFor(code) });
}
