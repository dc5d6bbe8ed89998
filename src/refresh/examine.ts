import { sameOctets } from '../asn1/octets.js';
import { OcspbotError } from '../errors.js';
import { goodOnce } from '../staple/staple.js';
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
  const circumstances: Circumstances = {
    policy: run.configuration.policy,
    now: run.now,
    asked,
    installed: goodOnce(staple),
    mayBeOlder: mayBeOlder || old === undefined,
    forgiven: forgivenIn(run),
  };
  const examination = verify(body, question, circumstances);
  if (examination.kind !== 'good') {
    const where = 'given' in origin ? `in ${origin.given}` : `from ${origin.responder}`;
    return { kind: 'refused', error: refusal(examination, `the response ${where} was refused`) };
  }
  const { response } = examination;
  if (old === undefined) return { kind: 'good', response };
  if (sameOctets(old.der, response.der)) return { kind: 'not-newer', reason: 'same-response' };
  const gains = response.thisUpdate > old.thisUpdate || response.usefulUntil > old.usefulUntil;
  return gains || mayBeOlder
    ? { kind: 'good', response }
    : { kind: 'not-newer', reason: 'no-newer-response' };
}

/** An examination, or a second look, that did not end well. */
type Refused = Pick<Examination, 'code' | 'problem'> & { readonly kind?: Examination['kind'] };

/** Makes an error of it. */
export function refusal({ kind, code, problem }: Refused, what: string): OcspbotError {
  if (code === undefined) throw new TypeError('a response was refused without a code');
  const message = kind === 'revoked' ? `the certificate is ${problem}` : `${what}: ${problem}`;
  return new OcspbotError(code, message, { hint: remedyFor(code) });
}
