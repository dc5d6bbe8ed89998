import { LIMITS } from '../util/limits.js';
import { type Attempt, pauseLength } from './attempt.js';
import { accessFor, noteOutcome, recordOf } from './backoff.js';
import { type Admission, spared, stopped } from './circuit-breaker.js';
import { ask } from './exchange.js';
import { certificateKey, type CertificateRecord } from './history.js';
import { openQuestions, type Questions, type Reception } from './requests.js';
import { conclude, type Conclusion, type Replied, resultOf } from './result.js';
import { nextAttempt } from './retry.js';
import { recording } from './trace.js';
import type { Judge, Note, Obtained, Wanted } from './types.js';

interface Inquiry extends Wanted {
  /** Stands for the certificate. */
  readonly key: string;
  /** What is remembered of it, if that is about the response in place. */
  readonly record: CertificateRecord | undefined;
  readonly questions: Questions;
  readonly note: Note;
}

type Admitted = Extract<Admission, { kind: 'admitted' }>;

/**
 * Asks about one certificate, in one way after the other, until the judge is content or no way is left.
 * Throws OcspbotErrors of choosing the responder, before anything is sent.
 */
export async function inquire(
  wanted: Wanted,
  judge: Judge,
  note: Note,
  reception: Reception,
): Promise<Obtained> {
  const memory = reception.memory();
  const key = certificateKey(wanted.question);
  const record = recordOf(key, wanted, memory);
  const access = accessFor(wanted, record?.wait, memory, reception.now);
  if (access.kind === 'waiting') return access;
  const admission = await reception.breakers.admit(access.responders, wanted.need.kind !== 'due');
  if (admission.kind === 'refused') return spared(admission);
  try {
    if (reception.stop.aborted) return stopped(reception.stop);
    const questions = openQuestions(wanted.question, reception, memory);
    return await askAll({ ...wanted, key, record, questions, note }, judge, admission, reception);
  } finally {
    admission.end();
  }
}

async function askAll(
  inquiry: Inquiry,
  judge: Judge,
  { responders, isProbe }: Admitted,
  reception: Reception,
): Promise<Obtained> {
  const { settings, stop, now } = reception;
  const plan = {
    ...inquiry.questions,
    responders,
    rounds: isProbe ? 1 : settings.attempts,
    triesBothMethods: !isProbe,
    patience: LIMITS.pauses,
  };
  const tries: Conclusion[] = [];
  for (let attempt = nextAttempt(plan, tries); attempt !== undefined; attempt = nextAttempt(plan, tries)) {
    const replied = await put(attempt, inquiry, reception);
    tries.push(conclude(attempt, replied, inquiry.need, judge, now));
  }
  const result = resultOf(tries, settings.method);
  // That it was not heard to its end is no fault of a responder.
  if (!stop.aborted) noteOutcome(tries, result, inquiry, reception);
  return result;
}

/** Where time runs short, or the caller wants it, it takes more than the word of a cache that nothing has changed. */
function put(attempt: Attempt, inquiry: Inquiry, reception: Reception): Promise<Replied> {
  const { key, record, need, questions, note } = inquiry;
  const { der, asked } = questions.by(attempt.form.hash);
  const unless = need.kind === 'due' ? record?.copy : undefined;
  const words = JSON.stringify([attempt, unless]);
  return reception.once(key, words, async () => {
    await reception.sleep(pauseLength(attempt.pause, reception.chance()));
    const question = { attempt, der, unless, userAgent: reception.userAgent };
    const http = recording(await reception.http(), reception.ways, note);
    const reply = await ask(question, reception.settings, http, reception.now);
    return { reply, asked };
  });
}
