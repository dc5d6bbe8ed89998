import { createHash } from 'node:crypto';
import type { Memory } from '../memory/memory.js';
import type { Cause } from '../transport/causes.js';
import { freshFor, validatorsOf } from '../transport/caching.js';
import type { VerifiedResponse } from '../verification/verify.js';
import type { Conclusion } from './conclusion.js';
import type { Questions } from './questions.js';
import type { Wanted } from './source.js';

/** Writes down what later certificates, and later runs, should know of these attempts. */
export function noteOutcome(
  tries: readonly Conclusion[],
  certificate: string,
  wanted: Pick<Wanted, 'installed' | 'need'>,
  memory: Memory,
  questions: Pick<Questions, 'usualForm'>,
): void {
  noteResponders(tries, certificate, memory);
  const last = tries.at(-1);
  if (last === undefined) return;
  const { judgement, cause } = last;
  if (judgement.kind !== 'refused') noteForm(tries, last, memory, questions);
  if (judgement.kind === 'not-newer' && wanted.installed !== undefined && wanted.need.kind !== 'urgent') {
    noteCopy(last, certificate, wanted.installed, memory);
  } else if (cause === 'final') {
    // Good, or revoked: of that nobody must be kept waiting for the next news.
    memory.forget(certificate);
  } else if (judgement.kind === 'refused') {
    memory.failed(certificate, judgement.error.code);
  }
}

function noteResponders(tries: readonly Conclusion[], certificate: string, memory: Memory): void {
  const lasts = new Map(tries.map((one) => [one.attempt.responder.href, one]));
  for (const [href, { cause, judgement, retryAfter }] of lasts) {
    if (cause !== 'passing') memory.reached(href);
    else if (judgement.kind === 'refused') {
      memory.unreachable(href, certificate, judgement.error.code, retryAfter);
    }
  }
}

const OF_FORM: ReadonlySet<Cause> = new Set(['request-refused', 'method-refused', 'hash-refused']);

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
  { judgement, headers }: Conclusion,
  certificate: string,
  installed: VerifiedResponse,
  memory: Memory,
): void {
  const isSame = judgement.kind === 'not-newer' && judgement.reason === 'same-response';
  const validators = isSame ? validatorsOf(headers) : undefined;
  memory.notNewer(certificate, { digest: digestOf(installed), ...validators }, freshFor(headers));
}

export function digestOf({ der }: Pick<VerifiedResponse, 'der'>): string {
  return createHash('sha256').update(der).digest('hex');
}
