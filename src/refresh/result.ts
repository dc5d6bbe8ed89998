import type { HttpSettings } from '../configuration/model.js';
import { LIMITS } from '../defaults.js';
import { OcspbotError } from '../errors.js';
import { shownUrl } from '../text/printable.js';
import { shownWay } from '../transport/attempt.js';
import type { Conclusion } from './conclusion.js';
import { methodAdvice } from './method-advice.js';
import type { Obtained } from './source.js';

/** What all attempts together have come to. */
export function resultOf(tries: readonly Conclusion[], method: HttpSettings['method']): Obtained {
  const deciding =
    tries.find(({ cause }) => cause === 'final') ??
    tries.find(({ judgement }) => judgement.kind === 'not-newer');
  const attempts = tries.map(told);
  if (deciding === undefined) return { kind: 'refused', error: sumUp(tries, method), attempts };
  return { ...deciding.judgement, origin: deciding.origin, attempts };
}

/** A line about one of them. */
function told({ attempt, judgement }: Conclusion): string {
  const asked = `${shownUrl(attempt.responder.href)} by ${shownWay(attempt)}`;
  switch (judgement.kind) {
    case 'good':
      return `${asked}: good`;
    case 'not-newer':
      return `${asked}: ${judgement.reason}`;
    case 'refused':
      return `${asked}: ${judgement.error.code}: ${judgement.error.message}`;
  }
}

interface Fault {
  readonly error: OcspbotError;
  readonly ways: string[];
}

/** One failure with its hint, and what came of everything else that was tried, as short as it can be. */
function sumUp(tries: readonly Conclusion[], method: HttpSettings['method']): OcspbotError {
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
function mostTelling(tries: readonly Conclusion[]): OcspbotError | undefined {
  const answered = tries.find(
    ({ attempt, reply }) => attempt.responder === tries[0]?.attempt.responder && reply.kind === 'answered',
  );
  return answered?.judgement.kind === 'refused' ? answered.judgement.error : undefined;
}

/** What is alike is told once. */
function faultsIn(tries: readonly Conclusion[]): Fault[] {
  const faults = new Map<string, Fault>();
  for (const { attempt, judgement } of tries) {
    if (judgement.kind !== 'refused') continue;
    const { error } = judgement;
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
