import { basename } from 'node:path';
import type { VerifiedResponse } from '../ocsp/verify/verify.js';
import { type Outcome, originIn } from '../report/outcome.js';
import { scheduleOfRestored } from '../staple/schedule.js';
import { formatInstant } from '../util/time.js';
import type { InspectedCertificate } from './inspect.js';
import { type Extra, facts, goodUntil, timesOf } from './outcome-facts.js';
import type { OutcomeContext } from './types.js';

/** Tells that a backup is in place now, how long it is good, and when a run replaces it. */
export function rolledBack(
  certificate: InspectedCertificate,
  response: VerifiedResponse,
  run: OutcomeContext,
  extra: Required<Extra>,
): Outcome {
  const origin = originIn(extra);
  const done = `rolled back to ${origin?.kind === 'file' ? basename(origin.name) : 'a backup'}`;
  if (response.forgiven.length > 0) {
    const warnings = [...extra.warnings, expiredWarning(response)];
    const known = facts(certificate, done, run, { ...extra, warnings });
    return { ...known, staple: undefined, kind: 'updated', reason: 'rolled-back' };
  }
  const schedule = scheduleOfRestored(
    response,
    certificate.subject.certificate,
    run.configuration.thresholds,
  );
  const stays =
    run.now < schedule.refreshAt
      ? `no run replaces it before ${formatInstant(schedule.refreshAt)}, but with --force`
      : 'it is about to end: the next run replaces it, where the responder has a newer one';
  const message = `${done}; ${goodUntil(schedule.end, run)}; ${stays}`;
  const staple = timesOf(response, schedule);
  return { ...facts(certificate, message, run, extra), staple, kind: 'updated', reason: 'rolled-back' };
}

/** Warns of an expired backup, which `--force` restores. The administrator must know until when it may stay in place. */
function expiredWarning({ remarks }: VerifiedResponse): string {
  return `its time is past (${remarks.join('; ')}): the next run replaces it as soon as it gets a good one`;
}
