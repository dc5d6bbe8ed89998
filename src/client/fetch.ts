import { LIMITS } from '../util/limits.js';
import { type Attempt, pauseLength } from './attempt.js';
import { accessFor, recordOutcome, recordOf } from './backoff.js';
import { type Admission, spared, stopped } from './circuit-breaker.js';
import { ask } from './exchange.js';
import { certificateKey, type CertificateRecord } from './history.js';
import { openRequests, type OcspRequests, type ClientContext } from './requests.js';
import { conclude, type AttemptResult, type Replied, resultOf } from './result.js';
import { nextAttempt } from './retry.js';
import { withTrace } from './trace.js';
import type { ResponseVerifier, ExchangeObserver, Fetched, FetchRequest } from './types.js';

interface Inquiry extends FetchRequest {
  /** Stands for the certificate. */
  readonly key: string;
  /** What is remembered of it, if that is about the response in place. */
  readonly record: CertificateRecord | undefined;
  readonly requests: OcspRequests;
  readonly note: ExchangeObserver;
}

type Admitted = Extract<Admission, { kind: 'admitted' }>;

/**
 * Asks about one certificate, in one way after the other, until the judge is content or no way is left.
 * Throws OcspbotErrors of choosing the responder, before anything is sent.
 */
export async function fetchStaple(
  fetchRequest: FetchRequest,
  judge: ResponseVerifier,
  note: ExchangeObserver,
  context: ClientContext,
): Promise<Fetched> {
  const history = context.history();
  const key = certificateKey(fetchRequest.question);
  const record = recordOf(key, fetchRequest, history);
  const access = accessFor(fetchRequest, record?.wait, history, context.now);
  if (access.kind === 'waiting') return access;
  const admission = await context.breakers.admit(access.responders, fetchRequest.urgency.kind !== 'due');
  if (admission.kind === 'refused') return spared(admission);
  try {
    if (context.stop.aborted) return stopped(context.stop);
    const requests = openRequests(fetchRequest.question, context, history);
    return await askAll({ ...fetchRequest, key, record, requests, note }, judge, admission, context);
  } finally {
    admission.end();
  }
}

async function askAll(
  inquiry: Inquiry,
  judge: ResponseVerifier,
  { responders, isProbe }: Admitted,
  context: ClientContext,
): Promise<Fetched> {
  const { settings, stop, now } = context;
  const plan = {
    ...inquiry.requests,
    responders,
    rounds: isProbe ? 1 : settings.attempts,
    triesBothMethods: !isProbe,
    patience: LIMITS.pauses,
  };
  const tries: AttemptResult[] = [];
  for (let attempt = nextAttempt(plan, tries); attempt !== undefined; attempt = nextAttempt(plan, tries)) {
    const replied = await send(attempt, inquiry, context);
    tries.push(conclude(attempt, replied, inquiry.urgency, judge, now));
  }
  const result = resultOf(tries, settings.method);
  // That it was not heard to its end is no fault of a responder.
  if (!stop.aborted) recordOutcome(tries, result, inquiry, context);
  return result;
}

/** Where time runs short, or the caller wants it, it takes more than the word of a cache that nothing has changed. */
function send(attempt: Attempt, inquiry: Inquiry, context: ClientContext): Promise<Replied> {
  const { key, record, urgency, requests, note } = inquiry;
  const { der, asked } = requests.by(attempt.form.hash);
  const unless = urgency.kind === 'due' ? record?.copy : undefined;
  const words = JSON.stringify([attempt, unless]);
  return context.once(key, words, async () => {
    await context.sleep(pauseLength(attempt.pause, context.chance()));
    const question = { attempt, der, unless, userAgent: context.userAgent };
    const http = withTrace(await context.http(), context.connection, note);
    const reply = await ask(question, context.settings, http, context.now);
    return { reply, asked };
  });
}
