import type { Answer, ExaminedAnswer } from '../client/types.js';
import type { Configuration } from '../configuration/model.js';
import { OcspbotError } from '../util/errors.js';
import { remedyFor } from '../ocsp/verify/advice.js';
import { pairsOf } from '../ocsp/verify/still-current.js';
import { type Examination, type FailedExamination, judgeAgain, verify } from '../ocsp/verify/verify.js';
import { examinationOf, goodOnce } from '../staple/staple.js';
import { equalBytes } from '../util/bytes.js';
import type { InspectedCertificate } from './inspect.js';
import type { RunContext } from './types.js';

/** The policy and the time by which answers are verified, and what the run allows. */
type Terms = Pick<RunContext, 'now' | 'mayBeOlder' | 'forgiven'> & {
  readonly configuration: Pick<Configuration, 'policy'>;
};

/** Verifies an answer and compares it with the staple in place. */
export function verifyAnswer(certificate: InspectedCertificate, answer: Answer, run: Terms): ExaminedAnswer {
  const { staple } = certificate;
  const { origin } = answer;
  const old = staple.kind === 'usable' ? staple.response : undefined;
  const mayBeOlder = run.mayBeOlder || old === undefined;
  const examination = examine(certificate, answer, mayBeOlder, run);
  if (examination.kind !== 'good') {
    const where = origin.kind === 'file' ? `in ${origin.name}` : `from ${origin.url}`;
    return { kind: 'refused', error: refusal(examination, `the response ${where} was refused`) };
  }
  const { response } = examination;
  if (old === undefined) return { kind: 'good', response };
  if (equalBytes(old.der, response.der)) return { kind: 'not-newer', reason: 'same-response' };
  const gains = pairsOf(response, old).some(
    ([one, other]) => one.thisUpdate > other.thisUpdate || one.usefulUntil > other.usefulUntil,
  );
  return gains || mayBeOlder
    ? { kind: 'good', response }
    : { kind: 'not-newer', reason: 'no-newer-response' };
}

function examine(
  { staple, question }: InspectedCertificate,
  { body, asked, examination }: Answer,
  mayBeOlder: boolean,
  run: Terms,
): Examination {
  const comparison = { asked, installed: goodOnce(staple), mayBeOlder, forgiven: run.forgiven };
  const known = examination ?? examinationOf(staple, body);
  if (known !== undefined) return judgeAgain(known, comparison);
  return verify(body, question, { policy: run.configuration.policy, now: run.now, ...comparison });
}

/** A failed examination, or an objection just before the installation. */
type Refused = Pick<FailedExamination, 'code' | 'problem'> &
  Partial<Pick<FailedExamination, 'kind' | 'remedy' | 'other'>>;

/** Makes the error of a refused response. */
export function refusal({ kind, code, problem, remedy, other }: Refused, what: string): OcspbotError {
  const message = kind === 'revoked' ? `the certificate was ${problem}` : `${what}: ${problem}`;
  // If only another certificate fails, its failure decides what is tried next. The message has its problem already.
  const cause = other && new OcspbotError(other.code, other.problem);
  return new OcspbotError(code, message, { hint: remedy ?? remedyFor(code), cause });
}
