import { basename } from 'node:path';
import { NOT_NEWER, type Fetched, type StapleSource } from '../client/types.js';
import type { Entry } from '../configuration/model.js';
import { describe, type OcspbotError } from '../util/errors.js';
import { NO_BASIS, type Outcome, originIn, type UnchangedReason } from '../report/outcome.js';
import { formatDuration, formatInstant } from '../util/time.js';
import type { InspectedCertificate } from './inspect.js';
import type { OutcomeContext } from './types.js';
import {
  basisOf,
  type Extra,
  facts,
  goodUntil,
  installedTimes,
  isCritical,
  isServable,
  stillGood,
} from './outcome-facts.js';

/** Tells why no response was fetched that is better than the staple in place. */
export function notFetched(
  certificate: InspectedCertificate,
  fetched: Exclude<Fetched, { kind: 'good' }>,
  run: OutcomeContext,
): Outcome {
  const basis = basisOf(fetched, certificate);
  switch (fetched.kind) {
    case 'waiting':
      return waiting(certificate, fetched, run, { basis });
    case 'refused':
      return notRefreshed(certificate, fetched.error, run, { basis });
    case 'not-newer':
      return notNewer(certificate, fetched.reason, run, { basis });
  }
}

export function unchanged(
  certificate: InspectedCertificate,
  reason: Exclude<UnchangedReason, 'waiting'>,
  run: OutcomeContext,
  extra: Extra = {},
): Outcome {
  const staple = installedTimes(certificate, run);
  const still = staple === undefined ? 'there is no usable one' : goodUntil(staple.usefulUntil, run);
  const next = staple === undefined ? 'at once' : formatInstant(staple.refreshAt);
  const words = WORDS[run.source.kind];
  const message = {
    fresh: `${certificate.isRestored ? 'restored by a rollback; ' : ''}${still}, next refresh ${next}`,
    'same-response': `${words.same}; ${still}`,
    'no-newer-response': `${words.notNewer}; ${still}`,
    'dry-run': `${dryRun(run, extra)}; ${still}`,
  }[reason];
  return { kind: 'unchanged', reason, ...facts(certificate, message, run, extra) };
}

function dryRun({ source }: OutcomeContext, { basis = NO_BASIS }: Extra): string {
  const origin = originIn({ basis });
  if (source.kind !== 'backups' || origin?.kind !== 'file') return 'nothing was written';
  return `would be rolled back to ${basename(origin.name)}`;
}

const WORDS: Readonly<Record<StapleSource['kind'], Readonly<Record<'same' | 'notNewer' | 'hint', string>>>> =
  {
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

/** Tells that the source has no newer response than the one in place. This needs attention only if time is short. */
function notNewer(
  certificate: InspectedCertificate,
  reason: 'same-response' | 'no-newer-response',
  run: OutcomeContext,
  extra: Extra,
): Outcome {
  if (!isCritical(certificate, run)) return unchanged(certificate, reason, run, extra);
  const { notNewer: problem, hint } = WORDS[run.source.kind];
  const message = `${problem}; ${stillGood(certificate, run)}`;
  return {
    ...facts(certificate, message, run, extra),
    hint,
    kind: 'deferred',
    reason: 'no-newer-response',
    isCritical: true,
  };
}

/** Errors that the next run will meet again. */
export const LASTING: ReadonlySet<string> = new Set([
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

/** Tells that an attempt failed. The staple in place decides how bad this is. */
export function notRefreshed(
  certificate: InspectedCertificate,
  error: OcspbotError,
  run: OutcomeContext,
  extra: Extra = {},
): Outcome {
  const known = { ...facts(certificate, describe(error), run, extra), hint: error.hint };
  if (error.code === 'certificate-revoked') return { ...known, kind: 'revoked', reason: error.code };
  if (error.code === 'secret-deleted') return { ...known, kind: 'not-applicable', reason: error.code };
  if (!isServable(certificate, error.code, run)) return { ...known, kind: 'failed', reason: error.code };
  const message = `${known.message}; ${stillGood(certificate, run)}`;
  // No later run tries a rollback again.
  if (run.source.kind === 'backups') return { ...known, message, kind: 'failed', reason: error.code };
  const critical = LASTING.has(error.code) || isCritical(certificate, run);
  return { ...known, message, kind: 'deferred', reason: error.code, isCritical: critical };
}

/** Tells that no request was sent: the staple in place is not critical, and an earlier answer set a time to wait. */
function waiting(
  certificate: InspectedCertificate,
  { wait, until }: Extract<Fetched, { kind: 'waiting' }>,
  run: OutcomeContext,
  extra: Extra,
): Outcome {
  const isQuiet = wait.why === NOT_NEWER;
  const before = isQuiet
    ? `the responder had no newer response at ${formatInstant(wait.since)}`
    : `not asked: asking the responder failed at ${formatInstant(wait.since)} (${wait.why})`;
  const again = `asked again from ${formatInstant(until)} on (in ${formatDuration(until - run.now)})`;
  const message = `${before}; ${again}; ${stillGood(certificate, run)}`;
  const known = facts(certificate, message, run, extra);
  if (isQuiet) return { ...known, kind: 'unchanged', reason: 'waiting' };
  return { ...known, hint: 'ask now with --force', kind: 'deferred', reason: 'waiting', isCritical: false };
}

/** Tells that the files of an entry cannot be read. */
export function broken(entry: Entry, error: OcspbotError): Outcome {
  const { name, ocsp: file, services } = entry;
  return {
    name,
    file,
    services,
    message: describe(error),
    hint: error.hint,
    warnings: [],
    alarms: [],
    staple: undefined,
    basis: NO_BASIS,
    exchanges: [],
    kind: 'failed',
    reason: error.code,
  };
}
