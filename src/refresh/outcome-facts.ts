import type { Schedule } from '../decision/schedule.js';
import type { ErrorCode } from '../error-codes.js';
import type { OutcomeFacts, StapleTimes } from '../report/outcome.js';
import { formatDuration } from '../time/duration.js';
import { formatInstant } from '../time/instant.js';
import type { VerifiedResponse } from '../verification/verify.js';
import { scheduleIn, type Case } from './case.js';
import type { RunContext } from './run-context.js';
import type { Evidence } from './source.js';

/** What an outcome may know besides the case. */
export interface Extra extends Evidence {
  readonly warnings?: readonly string[];
}

export function goodUntil(instant: number, { now }: Pick<RunContext, 'now'>): string {
  return `good until ${formatInstant(instant)} (${formatDuration(Math.max(0, instant - now))})`;
}

export function facts(
  open: Case,
  message: string,
  run: Pick<RunContext, 'configuration'>,
  extra: Extra = {},
): OutcomeFacts {
  const { name, ocsp: file, services } = open.entry;
  const { origin, warnings = [], attempts = [] } = extra;
  return {
    name,
    file,
    services,
    message,
    hint: undefined,
    warnings,
    attempts,
    staple: installedTimes(open, run),
    responder: origin !== undefined && 'responder' in origin ? origin.responder : undefined,
    given: origin !== undefined && 'given' in origin ? origin.given : undefined,
  };
}

export function installedTimes(
  open: Case,
  { configuration }: Pick<RunContext, 'configuration'>,
): StapleTimes | undefined {
  const schedule = scheduleIn(open, configuration);
  if (open.staple.kind !== 'usable' || schedule === undefined) return undefined;
  return timesOf(open.staple.response, schedule);
}

export function timesOf(response: VerifiedResponse, { refreshAt, end }: Schedule): StapleTimes {
  const { thisUpdate, nextUpdate, signer, remarks } = response;
  return { thisUpdate, nextUpdate, usefulUntil: end, refreshAt, signer, remarks };
}

/** The staple in place may be served on. One that is ahead of a wrong clock is good by the true time. */
export function hasUse({ staple, subject }: Case, code: ErrorCode, { now }: RunContext): boolean {
  if (code === 'clock-wrong') return staple.kind === 'usable' || staple.kind === 'ahead';
  return staple.kind === 'usable' && now <= subject.certificate.notAfter;
}

export function isCritical(open: Case, { now, configuration }: RunContext): boolean {
  const schedule = scheduleIn(open, configuration);
  return schedule === undefined || now >= schedule.criticalAt;
}

export function stillGood(open: Case, run: RunContext): string {
  const times = installedTimes(open, run);
  if (times === undefined) return 'the staple in place is kept';
  return `the staple in place is ${goodUntil(times.usefulUntil, run)}`;
}
