import { basename } from 'node:path';
import { scheduleOfPutBack } from '../decision/schedule.js';
import type { Outcome } from '../report/outcome.js';
import { formatInstant } from '../time/instant.js';
import type { VerifiedResponse } from '../verification/verify.js';
import type { Case } from './case.js';
import { facts, goodUntil, timesOf } from './outcome-facts.js';
import type { RunContext } from './run-context.js';
import type { Evidence } from './source.js';

interface From extends Pick<Evidence, 'origin'> {
  readonly warnings: readonly string[];
}

/** A backup is in place now: how long it will do, and when a run replaces it. */
export function rolledBack(open: Case, response: VerifiedResponse, run: RunContext, from: From): Outcome {
  const { origin } = from;
  const done = `rolled back to ${origin !== undefined && 'given' in origin ? basename(origin.given) : 'a backup'}`;
  if (response.forgiven.length > 0) return ofNoUse(open, done, response, run, from);
  const schedule = scheduleOfPutBack(response, open.subject.certificate, run.configuration.thresholds);
  const stays =
    run.now < schedule.refreshAt
      ? `no run replaces it before ${formatInstant(schedule.refreshAt)}, but with --force`
      : 'it is about to end: the next run replaces it, where the responder has a newer one';
  const message = `${done}; ${goodUntil(schedule.end, run)}; ${stays}`;
  const staple = timesOf(response, schedule);
  return { ...facts(open, message, run, from), staple, kind: 'updated', reason: 'rolled-back' };
}

/** By force: a person must know for how long it may stay so. */
function ofNoUse(open: Case, done: string, response: VerifiedResponse, run: RunContext, from: From): Outcome {
  const problem = `its time is past (${response.remarks.join('; ')})`;
  const warnings = [...from.warnings, `${problem}: the next run replaces it as soon as it gets a good one`];
  const known = facts(open, done, run, { ...from, warnings });
  return { ...known, staple: undefined, kind: 'updated', reason: 'rolled-back' };
}
