import { basename } from 'node:path';
import type { Entry } from '../configuration/model.js';
import type { RefreshReason } from '../decision/decide.js';
import { scheduleOf } from '../decision/schedule.js';
import type { ErrorCode } from '../error-codes.js';
import { describe, type OcspbotError } from '../errors.js';
import { NOT_NEWER } from '../memory/memory.js';
import type { Outcome, UnchangedReason } from '../report/outcome.js';
import { formatDuration } from '../time/duration.js';
import { formatInstant } from '../time/instant.js';
import { usableUrls } from '../transport/responder.js';
import type { VerifiedResponse } from '../verification/verify.js';
import type { Case } from './case.js';
import {
  facts,
  goodUntil,
  hasUse,
  installedTimes,
  isCritical,
  stillGood,
  timesOf,
  type Extra,
} from './outcome-facts.js';
import type { RunContext } from './run-context.js';
import type { Obtained, Source } from './source.js';

export function updated(
  open: Case,
  reason: Exclude<RefreshReason, 'rolled-back'>,
  response: VerifiedResponse,
  run: RunContext,
  extra: Extra,
): Outcome {
  const schedule = scheduleOf(response, open.subject.certificate, run.configuration.thresholds);
  const message = `${why(open, reason)}; ${goodUntil(schedule.end, run)}`;
  const staple = timesOf(response, schedule);
  return { ...facts(open, message, run, extra), staple, kind: 'updated', reason };
}

function why({ staple }: Case, reason: Exclude<RefreshReason, 'rolled-back'>): string {
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

export function unchanged(
  open: Case,
  reason: Exclude<UnchangedReason, 'waiting'>,
  run: RunContext,
  extra: Extra = {},
): Outcome {
  const staple = installedTimes(open, run);
  const still = staple === undefined ? 'there is no usable one' : goodUntil(staple.usefulUntil, run);
  const next = staple === undefined ? 'at once' : formatInstant(staple.refreshAt);
  const words = WORDS[run.source.kind];
  const message = {
    fresh: `${open.isPutBack ? 'put back by a rollback; ' : ''}${still}, next refresh ${next}`,
    'same-response': `${words.same}; ${still}`,
    'no-newer-response': `${words.notNewer}; ${still}`,
    'dry-run': `${wouldBe(run, extra)}; ${still}`,
  }[reason];
  return { kind: 'unchanged', reason, ...facts(open, message, run, extra) };
}

function wouldBe({ source }: RunContext, { origin }: Extra): string {
  if (source.kind !== 'backups' || origin === undefined || !('given' in origin)) return 'would be updated';
  return `would be rolled back to ${basename(origin.given)}`;
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
  backups: {
    same: 'that backup is in place already',
    notNewer: 'that backup is in place already',
    hint: 'a run with --force asks the responder for a newer one',
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
export function notRefreshed(open: Case, error: OcspbotError, run: RunContext, extra: Extra = {}): Outcome {
  const known = { ...facts(open, describe(error), run, extra), hint: error.hint };
  if (error.code === 'certificate-revoked') return { ...known, kind: 'revoked', reason: error.code };
  if (!hasUse(open, error.code, run)) return { ...known, kind: 'failed', reason: error.code };
  const message = `${known.message}; ${stillGood(open, run)}`;
  // Nobody will try again.
  if (run.source.kind === 'backups') return { ...known, message, kind: 'failed', reason: error.code };
  const critical = LASTING.has(error.code) || isCritical(open, run);
  return { ...known, message, kind: 'deferred', reason: error.code, isCritical: critical };
}

/** Nobody was asked this time. As long as what is in place is not critical, that is how a responder is spared. */
export function waiting(
  open: Case,
  { wait, until }: Extract<Obtained, { kind: 'waiting' }>,
  run: RunContext,
): Outcome {
  const isQuiet = wait.why === NOT_NEWER;
  const before = isQuiet
    ? `the responder had no newer response at ${formatInstant(wait.since)}`
    : `not asked: asking the responder failed at ${formatInstant(wait.since)} (${wait.why})`;
  const again = `asked again from ${formatInstant(until)} on (in ${formatDuration(until - run.now)})`;
  const message = `${before}; ${again}; ${stillGood(open, run)}`;
  const waitsFor = { why: wait.why, responder: usableUrls(open.responders)[0]?.href };
  const known = { ...facts(open, message, run), retryAt: until, waitsFor };
  if (isQuiet) return { ...known, kind: 'unchanged', reason: 'waiting' };
  return { ...known, hint: 'ask now with --force', kind: 'deferred', reason: 'waiting', isCritical: false };
}

/** Its files do not even make a case. */
export function broken(entry: Entry, error: OcspbotError): Outcome {
  const { name, ocsp: file, services } = entry;
  const known = { name, file, services, warnings: [], staple: undefined, responder: undefined };
  return { ...known, message: describe(error), hint: error.hint, kind: 'failed', reason: error.code };
}
