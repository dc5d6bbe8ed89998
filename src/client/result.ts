import type { HttpSettings } from '../configuration/model.js';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { remedyFor } from '../ocsp/verify/advice.js';
import type { Asked } from '../ocsp/verify/question.js';
import { shownUrl } from '../util/text.js';
import type { Instant } from '../util/time.js';
import { type Attempt, type Cause, causeOf, shownWay } from './attempt.js';
import { retryAfter } from './caching.js';
import type { Reply } from './exchange.js';
import type { TriedAttempt } from './turns.js';
import type { ResponseVerifier, ExaminedAnswer, RequestUrgency, Fetched, Origin } from './types.js';

interface Terms extends Pick<HttpSettings, 'method'> {
  /** True if the request was about several certificates, which share a file. */
  readonly isShared: boolean;
}

/** Returns the result of all attempts together. */
export function resultOf(tries: readonly AttemptResult[], terms: Terms): Fetched {
  const deciding =
    tries.find(({ cause }) => cause === 'final') ??
    tries.find(({ examined }) => examined.kind === 'not-newer');
  const attempts = tries.map(attemptLine);
  if (deciding === undefined)
    return { kind: 'refused', error: errorOfAll(tries, terms), origin: undefined, attempts };
  return { origin: deciding.origin, attempts, ...deciding.examined };
}

/** Describes one attempt in a line. */
function attemptLine({ attempt, examined }: AttemptResult): string {
  const asked = `${shownUrl(attempt.responder.href)} by ${shownWay(attempt)}`;
  switch (examined.kind) {
    case 'good':
      return `${asked}: good`;
    case 'not-newer':
      return `${asked}: ${examined.reason}`;
    case 'refused':
      return `${asked}: ${examined.error.code}: ${examined.error.message}`;
  }
}

interface Fault {
  readonly error: OcspbotError;
  readonly ways: string[];
}

/** Makes one error of all failures: the hint of the most telling one, and a short text of each. */
function errorOfAll(tries: readonly AttemptResult[], { method, isShared }: Terms): OcspbotError {
  const [first, ...others] = faultsIn(tries);
  if (first === undefined) throw new TypeError('nothing was tried');
  const shown = [first, ...others.slice(0, LIMITS.failuresTold - 1)].map(shownFault);
  const more = others.length + 1 - shown.length;
  const message = [...shown, ...(more > 0 ? [`${more} more failures`] : [])].join('; then ');
  const { code, hint, cause } = mostTelling(tries) ?? first.error;
  const sharing = isShared && code === 'http-status' ? remedyFor('not-good-for-all') : undefined;
  const advice = [hint, methodAdvice(tries, method), sharing].filter((text) => text !== undefined).join('; ');
  return new OcspbotError(code, message, { hint: advice === '' ? undefined : advice, cause });
}

/**
 * Returns the error of the first responder's OCSP response, if it gave one. This says more than an HTTP error, which may
 * come from a firewall before it.
 */
function mostTelling(tries: readonly AttemptResult[]): OcspbotError | undefined {
  const answered = tries.find(
    ({ attempt, reply }) => attempt.responder === tries[0]?.attempt.responder && reply.kind === 'answered',
  );
  return answered?.examined.kind === 'refused' ? answered.examined.error : undefined;
}

/** Groups failures that differ only in the form of the request. */
function faultsIn(tries: readonly AttemptResult[]): Fault[] {
  const faults = new Map<string, Fault>();
  for (const { attempt, examined } of tries) {
    if (examined.kind !== 'refused') continue;
    const { error } = examined;
    const key = `${error.code} ${attempt.responder.href} ${withoutRequest(error.message)}`;
    const known = faults.get(key);
    if (known === undefined) faults.set(key, { error, ways: [shownWay(attempt)] });
    else known.ways.push(shownWay(attempt));
  }
  return [...faults.values()];
}

/** Removes the URL from a message. That of a GET contains the request, so it differs from form to form. */
function withoutRequest(message: string): string {
  return message.replace(/^(GET|POST) \S+/, '');
}

function shownFault({ error, ways }: Fault): string {
  if (ways.length === 1) return error.message;
  const different = [...new Set(ways)];
  return `${error.message} (${ways.length} attempts${different.length > 1 ? `: ${different.join(', ')}` : ''})`;
}

/** The result of one attempt. */
export interface AttemptResult extends TriedAttempt {
  readonly reply: Reply;
  readonly examined: ExaminedAnswer;
  readonly origin: Origin;
}

/** A reply, and the hash and nonce of its request. */
export interface Replied {
  readonly reply: Reply;
  readonly asked: Asked;
}

interface Circumstances {
  readonly urgency: RequestUrgency;
  readonly verifyAnswer: ResponseVerifier;
  readonly now: Instant;
}

/** Verifies the reply to an attempt, and finds the cause that decides the next one. */
export function conclude(
  attempt: Attempt,
  { reply, asked }: Replied,
  { urgency, verifyAnswer, now }: Circumstances,
): AttemptResult {
  const origin = { kind: 'responder', url: attempt.responder.href } as const;
  if (reply.kind === 'failed') {
    const { error, cause, retryAfter } = reply;
    return { attempt, reply, examined: { kind: 'refused', error }, origin, cause, retryAfter };
  }
  const examined: ExaminedAnswer =
    reply.kind === 'not-modified'
      ? { kind: 'not-newer', reason: 'same-response' }
      : verifyAnswer({ body: reply.body, origin, asked });
  const cause = causeIn(examined, urgency);
  return { attempt, reply, examined, origin, cause, retryAfter: retryAfter(reply, now) };
}

/** Returns the cause of an answer. If the refresh is urgent, an answer without a newer response may come from a cache. */
function causeIn(examined: ExaminedAnswer, urgency: RequestUrgency): Cause {
  switch (examined.kind) {
    case 'good':
      return 'final';
    case 'not-newer':
      return urgency.kind === 'urgent' ? 'stale' : 'final';
    case 'refused':
      return causeOf(examined.error);
  }
}

/** Causes that the method may have brought about. */
const OF_METHOD: ReadonlySet<Cause> = new Set(['passing', 'request-refused', 'turned-away']);

/** Says what `http.method` has to do with the failure of all attempts; undefined if nothing. */
function methodAdvice(tries: readonly TriedAttempt[], method: HttpSettings['method']): string | undefined {
  const failed = tries.filter(({ cause }) => OF_METHOD.has(cause));
  const methods = new Set(failed.map(({ attempt }) => attempt.form.method));
  if (methods.size === 2) return 'neither GET nor POST brought a usable response (http.method: auto)';
  if (methods.size === 0 || method === 'auto') return undefined;
  const other = method === 'get' ? 'POST' : 'GET';
  return `http.method: ${method} rules ${other} out, http.method: auto tries both`;
}
