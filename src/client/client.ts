import type { HttpSettings } from '../configuration/model.js';
import { chooseProxies } from '../http/proxy.js';
import type { Http } from '../http/types.js';
import { LIMITS } from '../limits.js';
import type { Prepared } from '../run/entries.js';
import type { System } from '../system/system.js';
import { chance } from '../util/bytes.js';
import { onceForAll } from '../util/concurrency.js';
import type { Instant } from '../util/time.js';
import { VERSION } from '../version.js';
import { type Attempt, pauseLength } from './attempt.js';
import { accessFor, noteOutcome, recordOf } from './backoff.js';
import { type Admission, CircuitBreakers, spared, stopped } from './circuit-breaker.js';
import { ask } from './exchange.js';
import type { Recollection } from './history-file.js';
import { certificateKey, type CertificateRecord } from './history.js';
import { openQuestions, type Questions, type Reception } from './requests.js';
import { conclude, type Conclusion, type Replied, resultOf } from './result.js';
import { nextAttempt } from './retry.js';
import { recording } from './trace.js';
import type { Judge, Note, Obtained, Source, Wanted } from './types.js';

/** What this needs from outside. */
export type Outside = Pick<System, 'openHttp' | 'randomBytes' | 'sleep' | 'environment'>;

/** Asks the responders of each certificate. */
export function askResponders(
  settings: HttpSettings,
  prepared: readonly Prepared[],
  recollection: Recollection,
  now: Instant,
  system: Outside,
  stop: AbortSignal,
): Source {
  const ways = { proxyFor: chooseProxies(settings, system.environment), caFile: settings.caFile };
  const options = { connectionsPerHost: settings.perHost, ...ways, stop };
  /** Opened with the first request, shared by all, closed at the end. */
  let client: Promise<Http> | undefined;
  const reception: Reception = {
    settings,
    now,
    userAgent: `ocspbot/${VERSION}`,
    breakers: new CircuitBreakers(() => chance(system)),
    memory: () => recollection.memory(),
    http: () => (client ??= system.openHttp(options)),
    ways,
    stop,
    chance: () => chance(system),
    sleep: (duration) => (duration > 0 ? system.sleep(duration, stop) : Promise.resolve()),
    randomBytes: (count) => system.randomBytes(count),
    once: onceForAll(() => twinsIn(prepared)),
  };
  return {
    kind: 'responders',
    // Most runs have nothing to ask; what a request takes, pkijs above all, takes long to load.
    obtain: async (wanted, judge, note) =>
      (await import('./client.js')).inquire(wanted, judge, note, reception),
    close: async () => {
      await (await client)?.close();
      await recollection.save();
    },
  };
}

/** Certificates that several entries have. */
function twinsIn(prepared: readonly Prepared[]): ReadonlySet<string> {
  const [known, twins] = [new Set<string>(), new Set<string>()];
  for (const one of prepared) {
    if (one.kind === 'broken') continue;
    const { certificate, issuer } = one.subject;
    const key = certificateKey({ issuer, serialNumber: certificate.serialNumber });
    (known.has(key) ? twins : known).add(key);
  }
  return twins;
}

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
