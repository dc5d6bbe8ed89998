import type { ErrorCode } from '../util/errors.js';
import type { VerifiedResponse } from '../ocsp/verify/verify.js';
import { type Cause, mayPass } from './attempt.js';
import { freshFor, validatorsOf } from './caching.js';
import type { CircuitBreakers } from './circuit-breaker.js';
import type { Reach } from './exchange.js';
import type { ResponderHistory } from './history.js';
import { digestOf } from './history-records.js';
import type { OcspRequests } from './requests.js';
import type { AttemptResult } from './result.js';
import type { Fetched, FetchRequest } from './types.js';
import type { ClientContext } from './context.js';

/** The certificate that was asked about. */
interface RequestedCertificate {
  readonly fetchRequest: Pick<FetchRequest, 'staple'>;
  /** The key of the certificate in the history. */
  readonly key: string;
  readonly requests: Pick<OcspRequests, 'usualForm'>;
}

/** Records attempts and their result, for later certificates and later runs. */
export function recordOutcome(
  tries: readonly AttemptResult[],
  result: Fetched,
  { fetchRequest: { staple }, key, requests }: RequestedCertificate,
  context: Pick<ClientContext, 'history' | 'breakers'>,
): void {
  const history = context.history();
  recordResponders(tries, key, history);
  recordCircuits(tries, key, context.breakers);
  const last = tries.at(-1);
  if (last === undefined) return;
  if (last.examined.kind !== 'refused') recordForm(tries, last, history, requests);
  if (last.examined.kind === 'not-newer' && last.cause === 'final' && staple.kind === 'usable') {
    recordCopy(last, key, staple.response, history);
  } else if (last.cause === 'final') {
    // Good or revoked: the next run must not wait.
    history.forget(key);
  } else if (result.kind === 'refused') {
    history.failed(key, result.error.code);
  }
}

/**
 * Records failures for the circuit breakers. A responder that gave any OCSP response is in order, even if other requests
 * to it failed.
 */
function recordCircuits(tries: readonly AttemptResult[], key: string, breakers: CircuitBreakers): void {
  for (const responder of new Set(tries.map(({ attempt }) => attempt.responder))) {
    const own = tries.filter(({ attempt }) => attempt.responder === responder);
    const failure = own.find(isFailureOfResponder);
    if (failure === undefined || own.some(isResponse)) breakers.answered(responder);
    else breakers.failed(responder, { key, code: codeOf(failure), reach: furthestOf(own) });
  }
}

function isResponse({ reply, cause }: AttemptResult): boolean {
  return reply.kind !== 'failed' && !mayPass(cause);
}

function isFailureOfResponder({ cause, examined }: AttemptResult): boolean {
  return mayPass(cause) || (examined.kind === 'refused' && OF_HOST.has(examined.error.code));
}

function codeOf({ examined }: AttemptResult): ErrorCode {
  return examined.kind === 'refused' ? examined.error.code : 'timeout';
}

/** Returns how far the request came that came furthest. */
function furthestOf(tries: readonly AttemptResult[]): Reach {
  const reached = new Set(tries.map(({ reply }) => (reply.kind === 'failed' ? reply.reach : 'answered')));
  if (reached.has('answered')) return 'answered';
  return reached.has('unanswered') ? 'unanswered' : 'unsent';
}

/** Failures that another request does not cure, but that concern the host rather than the certificate. */
const OF_HOST: ReadonlySet<ErrorCode> = new Set(['dns-failure', 'tls-failure']);

function recordResponders(
  tries: readonly AttemptResult[],
  certificate: string,
  history: ResponderHistory,
): void {
  const lasts = new Map(tries.map((one) => [one.attempt.responder.href, one]));
  for (const [href, { reply, examined, cause, retryAfter }] of lasts) {
    const code = examined.kind === 'refused' ? examined.error.code : undefined;
    if (code !== undefined && (mayPass(cause) || OF_HOST.has(code)))
      history.unreachable(href, certificate, code, retryAfter);
    else if (reply.kind !== 'failed') history.reached(href);
  }
}

const OF_FORM: ReadonlySet<Cause> = new Set(['request-refused', 'turned-away', 'hash-refused', 'passing']);

/**
 * Records the form that worked. A form that only got around a stale cache is not recorded: it is no better than the usual
 * one for other certificates.
 */
function recordForm(
  tries: readonly AttemptResult[],
  { attempt: { responder, form } }: AttemptResult,
  history: ResponderHistory,
  { usualForm }: Pick<OcspRequests, 'usualForm'>,
): void {
  const before = tries.filter(({ attempt }) => attempt.responder === responder).at(-2);
  const isOfForm =
    before === undefined || OF_FORM.has(before.cause) || before.attempt.form.hash !== form.hash;
  if (isOfForm) history.worked(responder.href, form, usualForm(responder));
}

function recordCopy(
  { examined, reply }: AttemptResult,
  certificate: string,
  installed: VerifiedResponse,
  history: ResponderHistory,
): void {
  const isSame = examined.kind === 'not-newer' && examined.reason === 'same-response';
  const headers = reply.kind === 'failed' ? {} : reply.headers;
  const validators = isSame ? validatorsOf(headers) : undefined;
  history.notNewer(certificate, { digest: digestOf(installed), ...validators }, freshFor(headers));
}
