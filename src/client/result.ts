import type { HttpSettings } from '../configuration/model.js';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import type { Asked } from '../ocsp/verify/question.js';
import { shownUrl } from '../util/text.js';
import type { Instant } from '../util/time.js';
import { type Attempt, type Cause, causeOf, shownWay } from './attempt.js';
import { retryAfter } from './caching.js';
import type { Reply } from './exchange.js';
import type { Try } from './turns.js';
import type { ResponseVerifier, ExaminedAnswer, Urgency, Fetched, Origin } from './types.js';

/** What all attempts together have come to. */
export function resultOf(tries: readonly AttemptResult[], method: HttpSettings['method']): Fetched {
  const deciding =
    tries.find(({ cause }) => cause === 'final') ??
    tries.find(({ examined }) => examined.kind === 'not-newer');
  const attempts = tries.map(told);
  if (deciding === undefined) return { kind: 'refused', error: sumUp(tries, method), attempts };
  return { ...deciding.examined, origin: deciding.origin, attempts };
}

/** A line about one of them. */
function told({ attempt, examined }: AttemptResult): string {
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

/** One failure with its hint, and what came of everything else that was tried, as short as it can be. */
function sumUp(tries: readonly AttemptResult[], method: HttpSettings['method']): OcspbotError {
  const [first, ...others] = faultsIn(tries);
  if (first === undefined) throw new TypeError('nothing was tried');
  const shown = [first, ...others.slice(0, LIMITS.failuresTold - 1)].map(shownFault);
  const more = others.length + 1 - shown.length;
  const message = [...shown, ...(more > 0 ? [`${more} more failures`] : [])].join('; then ');
  const { code, hint, cause } = mostTelling(tries) ?? first.error;
  const advice = [hint, methodAdvice(tries, method)].filter((text) => text !== undefined).join('; ');
  return new OcspbotError(code, message, { hint: advice === '' ? undefined : advice, cause });
}

/** What the first responder said in OCSP says more than how it, or a firewall before it, turned another way away. */
function mostTelling(tries: readonly AttemptResult[]): OcspbotError | undefined {
  const answered = tries.find(
    ({ attempt, reply }) => attempt.responder === tries[0]?.attempt.responder && reply.kind === 'answered',
  );
  return answered?.examined.kind === 'refused' ? answered.examined.error : undefined;
}

/** What is alike is told once. */
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

/** A GET has its request in the URL. */
function withoutRequest(message: string): string {
  return message.replace(/^(GET|POST) \S+/, '');
}

function shownFault({ error, ways }: Fault): string {
  if (ways.length === 1) return error.message;
  const different = [...new Set(ways)];
  return `${error.message} (${ways.length} attempts${different.length > 1 ? `: ${different.join(', ')}` : ''})`;
}

/** What an attempt has come to. */
export interface AttemptResult extends Try {
  readonly reply: Reply;
  readonly examined: ExaminedAnswer;
  readonly origin: Origin;
}

/** A reply, and what was asked. */
export interface Replied {
  readonly reply: Reply;
  readonly asked: Asked;
}

export function conclude(
  attempt: Attempt,
  { reply, asked }: Replied,
  urgency: Urgency,
  judge: ResponseVerifier,
  now: Instant,
): AttemptResult {
  const origin = { responder: attempt.responder.href };
  if (reply.kind === 'failed') {
    const { error, cause, retryAfter } = reply;
    return { attempt, reply, examined: { kind: 'refused', error }, origin, cause, retryAfter };
  }
  const examined = judgeReply(reply, origin, asked, judge);
  const cause = causeIn(examined, urgency);
  return { attempt, reply, examined, origin, cause, retryAfter: retryAfter(reply, now) };
}

function judgeReply(
  reply: Exclude<Reply, { kind: 'failed' }>,
  origin: Origin,
  asked: Asked,
  judge: ResponseVerifier,
): ExaminedAnswer {
  if (reply.kind === 'not-modified') return { kind: 'not-newer', reason: 'same-response' };
  return judge({ body: reply.body, origin, asked });
}

/** Where time runs short, an answer with nothing new in it may be that of a cache. */
function causeIn(examined: ExaminedAnswer, urgency: Urgency): Cause {
  switch (examined.kind) {
    case 'good':
      return 'final';
    case 'not-newer':
      return urgency.kind === 'urgent' ? 'stale' : 'final';
    case 'refused':
      return causeOf(examined.error);
  }
}

/** Failures of which the method may be the cause. */
const OF_METHOD: ReadonlySet<Cause> = new Set(['passing', 'request-refused', 'turned-away']);

/** Says of attempts that all failed what `http.method` has to do with it; undefined where nothing. */
function methodAdvice(tries: readonly Try[], method: HttpSettings['method']): string | undefined {
  const failed = tries.filter(({ cause }) => OF_METHOD.has(cause));
  const methods = new Set(failed.map(({ attempt }) => attempt.form.method));
  if (methods.size === 2) return 'neither GET nor POST brought a usable response (http.method: auto)';
  if (methods.size === 0 || method === 'auto') return undefined;
  const other = method === 'get' ? 'POST' : 'GET';
  return `http.method: ${method} rules ${other} out, http.method: auto tries both`;
}
