import { LIMITS } from '../util/limits.js';
import { type Attempt, pauseLength } from './attempt.js';
import { accessFor, recordOf } from './access.js';
import { recordOutcome } from './record-outcome.js';
import type { Admission } from './circuit-breaker.js';
import { spared, stopped } from './not-asked.js';
import { ask } from './exchange.js';
import { certificateKey } from './certificate-key.js';
import type { CertificateRecord } from './history-records.js';
import { openRequests, type OcspRequests } from './requests.js';
import { conclude, type AttemptResult, type Replied, resultOf } from './result.js';
import { nextAttempt } from './retry.js';
import { withTrace } from './trace.js';
import type { ResponseVerifier, ExchangeObserver, Fetched, FetchRequest } from './types.js';
import type { ClientContext } from './context.js';

interface Inquiry {
  readonly fetchRequest: FetchRequest;
  /** The key of the certificate in the history. */
  readonly key: string;
  /** The record of earlier runs about the certificate and the response in place. */
  readonly record: CertificateRecord | undefined;
  readonly requests: OcspRequests;
  readonly observe: ExchangeObserver;
}

type Admitted = Extract<Admission, { kind: 'admitted' }>;

/**
 * Fetches a response for one certificate. It tries one responder and form of the request after the other until an answer
 * passes verification or no way is left. Throws OcspbotErrors of choosing the responder, before anything is sent.
 */
export async function fetchStaple(
  fetchRequest: FetchRequest,
  verifyAnswer: ResponseVerifier,
  observe: ExchangeObserver,
  context: ClientContext,
): Promise<Fetched> {
  const history = context.history();
  const key = certificateKey(fetchRequest.question);
  const record = recordOf(key, fetchRequest, history);
  const access = accessFor(fetchRequest, record?.wait, history, context.now);
  // An earlier attempt set a time to wait for the certificate, or for each of its responders.
  if (access.kind === 'waiting') return access;
  // A responder or host that has failed several times in this run is spared.
  const admission = await context.breakers.admit(access.responders, fetchRequest.urgency.kind !== 'due');
  if (admission.kind === 'refused') return spared(admission);
  try {
    if (context.stop.aborted) return stopped(context.stop);
    const requests = openRequests(fetchRequest.question, context, history);
    return await askAll({ fetchRequest, key, record, requests, observe }, verifyAnswer, admission, context);
  } finally {
    admission.end();
  }
}

async function askAll(
  inquiry: Inquiry,
  verifyAnswer: ResponseVerifier,
  { responders, isProbe }: Admitted,
  context: ClientContext,
): Promise<Fetched> {
  const { settings, stop, now } = context;
  const { question, urgency, isBrief } = inquiry.fetchRequest;
  const isShort = isProbe || isBrief === true;
  const { firstForm, isPossible, isProven } = inquiry.requests;
  const plan = {
    firstForm,
    isPossible,
    isProven,
    responders,
    rounds: isShort ? 1 : settings.attempts,
    triesBothMethods: !isShort,
    patience: LIMITS.pauses,
  };
  const tries: AttemptResult[] = [];
  for (let attempt = nextAttempt(plan, tries); attempt !== undefined; attempt = nextAttempt(plan, tries)) {
    const replied = await send(attempt, inquiry, context);
    tries.push(conclude(attempt, replied, { urgency, verifyAnswer, now }));
  }
  const result = resultOf(tries, { method: settings.method, isShared: question.also !== undefined });
  // A stopped run may have cut off a reply. This is no fault of the responder, so nothing is recorded.
  if (!stop.aborted) recordOutcome(tries, result, inquiry, context);
  return result;
}

/**
 * Sends one request after its pause. Identical requests about one certificate are sent once (single flight). Sends no
 * validators if the refresh is urgent or forced: a cache could answer 304 wrongly.
 */
function send(attempt: Attempt, inquiry: Inquiry, context: ClientContext): Promise<Replied> {
  const { fetchRequest, key, record, requests, observe } = inquiry;
  const { der, asked } = requests.requestFor(attempt.form.hash);
  const validators = fetchRequest.urgency.kind === 'due' ? record?.copy : undefined;
  const identity = () => JSON.stringify([attempt, validators]);
  return context.singleFlight(key, identity, async () => {
    await context.sleep(pauseLength(attempt.pause, context.chance()));
    const input = { attempt, der, validators, userAgent: context.userAgent };
    const http = withTrace(await context.http(), context.connection, observe);
    const reply = await ask(input, context.settings, http, context.now);
    return { reply, asked };
  });
}
