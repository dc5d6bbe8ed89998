import { LIMITS } from '../defaults.js';
import { certificateKey } from '../memory/certificate-key.js';
import type { CertificateRecord } from '../memory/remembered.js';
import { ask } from '../transport/ask.js';
import { pauseLength, type Attempt } from '../transport/attempt.js';
import { nextAttempt } from '../transport/next-attempt.js';
import { recording } from '../transport/recording.js';
import { accessFor, recordOf } from './access.js';
import type { Admission } from './circuit-breaker.js';
import { conclude, type Conclusion, type Replied } from './conclusion.js';
import { spared, stopped } from './not-asked.js';
import { noteOutcome } from './notes.js';
import { openQuestions, type Questions } from './questions.js';
import type { Reception } from './reception.js';
import { resultOf } from './result.js';
import type { Judge, Note, Obtained, Wanted } from './source.js';

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
