import type { ErrorCode } from '../error-codes.js';
import type { Memory } from '../memory/memory.js';
import { digestOf } from '../memory/remembered.js';
import type { Cause } from '../transport/causes.js';
import { freshFor, validatorsOf } from '../transport/caching.js';
import type { VerifiedResponse } from '../verification/verify.js';
import type { CircuitBreakers, Failure } from './circuit-breaker.js';
import type { Conclusion } from './conclusion.js';
import type { Questions } from './questions.js';
import type { Reception } from './reception.js';
import type { Obtained, Wanted } from './source.js';

/** What was asked about. */
interface Subject extends Pick<Wanted, 'staple'> {
  /** Stands for the certificate. */
  readonly key: string;
  readonly questions: Pick<Questions, 'usualForm'>;
}

/** Writes down what later certificates, and later runs, should know of these attempts and of what came of them. */
export function noteOutcome(
  tries: readonly Conclusion[],
  result: Obtained,
  { key, staple, questions }: Subject,
  reception: Pick<Reception, 'memory' | 'breakers'>,
): void {
  const memory = reception.memory();
  noteResponders(tries, key, memory);
  noteCircuits(tries, key, reception.breakers);
  const last = tries.at(-1);
  if (last === undefined) return;
  if (last.judgement.kind !== 'refused') noteForm(tries, last, memory, questions);
  if (last.judgement.kind === 'not-newer' && last.cause === 'final' && staple.kind === 'usable') {
    noteCopy(last, key, staple.response, memory);
  } else if (last.cause === 'final') {
    // Good, or revoked: of that nobody must be kept waiting for the next news.
    memory.forget(key);
  } else if (result.kind === 'refused') {
    memory.failed(key, result.error.code);
  }
}

/** A responder with a failure that waiting may mend is in order when it has given an OCSP response besides. */
function noteCircuits(tries: readonly Conclusion[], key: string, breakers: CircuitBreakers): void {
  for (const responder of new Set(tries.map(({ attempt }) => attempt.responder))) {
    const own = tries.filter(({ attempt }) => attempt.responder === responder);
    const failure = own.find(isFailureOfResponder);
    if (failure === undefined || own.some(isResponse)) breakers.answered(responder);
    else breakers.failed(responder, { key, ...failureIn(failure) });
  }
}

function isResponse({ reply, cause }: Conclusion): boolean {
  return reply.kind !== 'failed' && !isOutOfOrder(cause);
}

function isFailureOfResponder({ cause, judgement }: Conclusion): boolean {
  return isOutOfOrder(cause) || (judgement.kind === 'refused' && OF_HOST.has(judgement.error.code));
}

function failureIn({ cause, reply, judgement }: Conclusion): Pick<Failure, 'code' | 'isOfHost'> {
  const code = judgement.kind === 'refused' ? judgement.error.code : 'timeout';
  const isWithoutAnswer = cause === 'unreachable' || OF_HOST.has(code) || NO_ANSWER.has(code);
  return { code, isOfHost: isWithoutAnswer && reply.kind === 'failed' };
}

const NO_ANSWER: ReadonlySet<ErrorCode> = new Set(['timeout', 'connection-failed']);

/** No run mends these by asking again, but they are of the host, and not of the certificate. */
const OF_HOST: ReadonlySet<ErrorCode> = new Set(['dns-failure', 'tls-failure']);

function noteResponders(tries: readonly Conclusion[], certificate: string, memory: Memory): void {
  const lasts = new Map(tries.map((one) => [one.attempt.responder.href, one]));
  for (const [href, { reply, judgement, cause, retryAfter }] of lasts) {
    const code = judgement.kind === 'refused' ? judgement.error.code : undefined;
    if (code !== undefined && (isOutOfOrder(cause) || OF_HOST.has(code)))
      memory.unreachable(href, certificate, code, retryAfter);
    else if (reply.kind !== 'failed') memory.reached(href);
  }
}

function isOutOfOrder(cause: Cause): boolean {
  return cause === 'passing' || cause === 'unreachable';
}

const OF_FORM: ReadonlySet<Cause> = new Set(['request-refused', 'turned-away', 'hash-refused', 'passing']);

/** A form that was only of use because a cache was not is no better for other certificates. */
function noteForm(
  tries: readonly Conclusion[],
  { attempt: { responder, form } }: Conclusion,
  memory: Memory,
  { usualForm }: Pick<Questions, 'usualForm'>,
): void {
  const before = tries.filter(({ attempt }) => attempt.responder === responder).at(-2);
  const isOfForm =
    before === undefined || OF_FORM.has(before.cause) || before.attempt.form.hash !== form.hash;
  if (isOfForm) memory.worked(responder.href, form, usualForm(responder));
}

function noteCopy(
  { judgement, reply }: Conclusion,
  certificate: string,
  installed: VerifiedResponse,
  memory: Memory,
): void {
  const isSame = judgement.kind === 'not-newer' && judgement.reason === 'same-response';
  const headers = reply.kind === 'failed' ? {} : reply.headers;
  const validators = isSame ? validatorsOf(headers) : undefined;
  memory.notNewer(certificate, { digest: digestOf(installed), ...validators }, freshFor(headers));
}
