import type { Entry } from '../configuration/model.js';
import type { RefreshReason } from '../decision/decide.js';
import { scheduleOf } from '../decision/schedule.js';
import type { ErrorCode } from '../error-codes.js';
import { describe, type OcspbotError } from '../errors.js';
import type { Outcome, OutcomeFacts, StapleTimes, UnchangedReason } from '../report/outcome.js';
import { formatDuration } from '../time/duration.js';
import { formatInstant } from '../time/instant.js';
import type { VerifiedResponse } from '../verification/verify.js';
import type { Case } from './case.js';
import type { RunContext } from './run-context.js';
import type { Origin, Source } from './source.js';

/** What an outcome may know besides the case. */
interface Extra {
  readonly origin?: Origin;
  readonly warnings?: readonly string[];
}

export function updated(
  open: Case,
  reason: RefreshReason,
  response: VerifiedResponse,
  run: RunContext,
  extra: Extra,
): Outcome {
  const message = `${why(open, reason)}; ${goodUntil(response.usefulUntil, run)}`;
  return {
    ...facts(open, message, run, extra),
    staple: timesOf(open, response, run),
    kind: 'updated',
    reason,
  };
}

function why({ staple }: Case, reason: RefreshReason): string {
  const problem = 'problem' in staple ? staple.problem : '';
  switch (reason) {
    case 'absent':
      return 'there was none';
    case 'unreadable':
      return `the old one could not be read: ${problem}`;
    case 'foreign':
      return `the old one was for another certificate: ${problem}`;
    case 'unusable':
      return `the old one was of no use: ${problem}`;
    case 'due':
      return 'the old one was due';
    case 'forced':
      return 'forced';
    case 'given':
      return 'the given one is newer';
  }
}

export function unchanged(open: Case, reason: UnchangedReason, run: RunContext, extra: Extra = {}): Outcome {
  const staple = installedTimes(open, run);
  const still = staple === undefined ? 'there is no usable one' : goodUntil(staple.usefulUntil, run);
  const words = WORDS[run.source.kind];
  const message = {
    fresh: `${still}, next refresh ${staple === undefined ? 'at once' : formatInstant(staple.refreshAt)}`,
    'same-response': `${words.same}; ${still}`,
    'no-newer-response': `${words.notNewer}; ${still}`,
    'dry-run': `would be updated; ${still}`,
  }[reason];
  return { kind: 'unchanged', reason, ...facts(open, message, run, extra) };
}

const WORDS: Readonly<Record<Source['kind'], Readonly<Record<'same' | 'notNewer' | 'hint', string>>>> = {
  responders: {
    same: 'the responder still gives the same response',
    notNewer: 'the responder has no newer response',
    hint: 'tell the CA that its responder does not renew its responses',
  },
  given: {
    same: 'the given one is in place already',
    notNewer: 'the given one is not newer',
    hint: 'see why whoever gives these responses has no newer one',
  },
};

/** There is nothing better than what is in place. That is no news until time runs short. */
export function notNewer(
  open: Case,
  reason: 'same-response' | 'no-newer-response',
  run: RunContext,
  extra: Extra,
): Outcome {
  if (!isCritical(open, run)) return unchanged(open, reason, run, extra);
  const { notNewer: problem, hint } = WORDS[run.source.kind];
  const message = `${problem}; ${stillGood(open, run)}`;
  return {
    ...facts(open, message, run, extra),
    hint,
    kind: 'deferred',
    reason: 'no-newer-response',
    isCritical: true,
  };
}

/** Errors that will not go away by waiting for the next run. */
const LASTING: ReadonlySet<ErrorCode> = new Set([
  'clock-wrong',
  'target-unsuitable',
  'no-space',
  'not-permitted',
  'read-only',
  'write-failed',
  'read-back-differs',
  'file-too-large',
  'internal',
]);

/** An attempt has failed: how bad that is depends on what is in place. */
export function notRefreshed(open: Case, error: OcspbotError, run: RunContext): Outcome {
  const known = { ...facts(open, describe(error), run), hint: error.hint };
  if (error.code === 'certificate-revoked') return { ...known, kind: 'revoked', reason: error.code };
  if (!hasUse(open, error.code, run)) return { ...known, kind: 'failed', reason: error.code };
  const message = `${known.message}; ${stillGood(open, run)}`;
  const critical = LASTING.has(error.code) || isCritical(open, run);
  return { ...known, message, kind: 'deferred', reason: error.code, isCritical: critical };
}

/** Its files do not even make a case. */
export function broken(entry: Entry, error: OcspbotError): Outcome {
  const { name, ocsp: file, services } = entry;
  const known = { name, file, services, warnings: [], staple: undefined, responder: undefined };
  return { ...known, message: describe(error), hint: error.hint, kind: 'failed', reason: error.code };
}

/** The staple in place may be served on. One that is ahead of a wrong clock is good by the true time. */
function hasUse({ staple, subject }: Case, code: ErrorCode, { now }: RunContext): boolean {
  if (code === 'clock-wrong') return staple.kind === 'usable' || staple.kind === 'ahead';
  return staple.kind === 'usable' && now <= subject.certificate.notAfter;
}

function isCritical({ staple, subject }: Case, { now, configuration }: RunContext): boolean {
  if (staple.kind !== 'usable') return true;
  return now >= scheduleOf(staple.response, subject.certificate, configuration.thresholds).criticalAt;
}

function stillGood({ staple }: Case, run: RunContext): string {
  if (staple.kind !== 'usable') return 'the staple in place is kept';
  return `the staple in place is ${goodUntil(staple.response.usefulUntil, run)}`;
}

function goodUntil(instant: number, { now }: RunContext): string {
  return `good until ${formatInstant(instant)} (${formatDuration(Math.max(0, instant - now))})`;
}

export function facts(open: Case, message: string, run: RunContext, extra: Extra = {}): OutcomeFacts {
  const { name, ocsp: file, services } = open.entry;
  const { origin, warnings = [] } = extra;
  return {
    name,
    file,
    services,
    message,
    hint: undefined,
    warnings,
    staple: installedTimes(open, run),
    responder: origin !== undefined && 'responder' in origin ? origin.responder : undefined,
    given: origin !== undefined && 'given' in origin ? origin.given : undefined,
  };
}

function installedTimes(open: Case, run: RunContext): StapleTimes | undefined {
  return open.staple.kind === 'usable' ? timesOf(open, open.staple.response, run) : undefined;
}

function timesOf({ subject }: Case, response: VerifiedResponse, { configuration }: RunContext): StapleTimes {
  const { thisUpdate, nextUpdate, usefulUntil, signer, remarks } = response;
  const { refreshAt } = scheduleOf(response, subject.certificate, configuration.thresholds);
  return { thisUpdate, nextUpdate, usefulUntil, refreshAt, signer, remarks };
}
