import type { ErrorCode } from '../util/errors.js';
import type { VerifiedResponse } from '../ocsp/verify/verify.js';
import type { Instant } from '../util/time.js';
import type { Cause } from './attempt.js';
import { freshFor, validatorsOf } from './caching.js';
import type { CircuitBreakers, Failure } from './circuit-breaker.js';
import { type CertificateRecord, digestOf, heldUntil, type Memory, NOT_NEWER, type Wait } from './history.js';
import type { Questions, Reception } from './requests.js';
import { chooseResponders } from './responder-url.js';
import type { Conclusion } from './result.js';
import type { Need, Obtained, Wanted } from './types.js';

/** Who may be asked about a certificate now. */
export type Access =
  | {
      readonly kind: 'open';
      readonly responders: readonly URL[];
    }
  | Waiting;

export type Waiting = Extract<Obtained, { kind: 'waiting' }>;

/**
 * A certificate that can wait does so as long as it, or each of its responders, is to be left alone. Where it cannot,
 * those that are out of order are asked last. Throws OcspbotErrors of choosing the responder.
 */
export function accessFor(
  { responders, need }: Wanted,
  own: Wait | undefined,
  memory: Memory,
  now: Instant,
): Access {
  const all = chooseResponders(responders).map((url) => ({ url, wait: memory.responderWait(url.href) }));
  const waiting = waitingFor(own, need, now);
  if (waiting !== undefined) return waiting;
  const held = all.flatMap(({ wait }) => waitingFor(wait, need, now) ?? []);
  const [soonest] = held.sort((a, b) => a.until - b.until);
  if (soonest !== undefined && held.length === all.length) return soonest;
  const open = all.filter(({ wait }) => waitingFor(wait, need, now) === undefined);
  const [down, up] = [
    open.filter(({ wait }) => isOn(wait, now)),
    open.filter(({ wait }) => !isOn(wait, now)),
  ];
  return { kind: 'open', responders: [...up, ...down].map(({ url }) => url) };
}

/** Of a certificate, in earlier runs. What was said of one response says nothing of another that has taken its place. */
export function recordOf(key: string, { staple }: Wanted, memory: Memory): CertificateRecord | undefined {
  const record = memory.certificate(key);
  if (record?.wait.why !== NOT_NEWER) return record;
  const isIt = staple.kind === 'usable' && record.copy?.digest === digestOf(staple.response);
  return isIt ? record : undefined;
}

function waitingFor(wait: Wait | undefined, need: Need, now: Instant): Waiting | undefined {
  if (wait === undefined || need.kind !== 'due') return undefined;
  const until = heldUntil(wait, need.criticalAt, now);
  return until === undefined ? undefined : { kind: 'waiting', wait, until };
}

function isOn(wait: Wait | undefined, now: Instant): boolean {
  return wait !== undefined && now < wait.until;
}

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
