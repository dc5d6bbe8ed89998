import { toHex } from '../../../util/bytes.js';
import { LIMITS } from '../../../util/limits.js';
import { formatDuration, formatInstant, type Instant } from '../../../util/time.js';
import type { Time } from '../../../x509/values.js';
import type { SingleResponse } from '../../response.js';
import { type Check, failed, type Finding, notJudged, passed, warning } from '../check.js';
import type { Facts, Window } from '../facts.js';

type ExactWindow = Extract<Window, { kind: 'exact' }>;

const timeForm: Check = {
  step: 13,
  name: 'GeneralizedTime',
  section: 'RFC 9919 §3.2.4, RFC 5280 §4.1.2.5.2',
  judge({ basic, window }) {
    if (basic === undefined || window === undefined) return notJudged('no matching SingleResponse');
    const problem = window.kind === 'malformed' ? describe(window) : malformedElsewhere(basic.responses);
    if (problem === undefined) return passed(() => 'UTC, with seconds, without fractions');
    return failed('time-malformed', () => problem);
  },
};

/** Finds a malformed time in any answer. GnuTLS and Go read all times, and refuse the whole response. */
function malformedElsewhere(responses: readonly SingleResponse[]): string | undefined {
  for (const single of responses) {
    for (const [field, time] of timesOf(single)) {
      if (time.kind === 'malformed')
        return `${describe({ field, ...time })}, in the answer about serial ${toHex(single.certId.serialNumber)}`;
    }
  }
  return undefined;
}

function timesOf({ thisUpdate, nextUpdate, status }: SingleResponse): (readonly [field: string, Time])[] {
  return [
    ['thisUpdate', thisUpdate],
    ...(nextUpdate === undefined ? [] : [['nextUpdate', nextUpdate] as const]),
    ...(status.kind === 'revoked' ? [['revocationTime', status.revocationTime] as const] : []),
  ];
}

function describe({ field, text, problem }: Omit<Extract<Window, { kind: 'malformed' }>, 'kind'>): string {
  return `${field} "${text}" ${problem}`;
}

/** Makes a check that needs the times, and is not judged without them. */
function timed(check: Omit<Check, 'judge'>, judge: (window: ExactWindow, facts: Facts) => Finding): Check {
  return {
    ...check,
    judge: (facts) => (facts.window?.kind === 'exact' ? judge(facts.window, facts) : notJudged('no times')),
  };
}

const notFromTheFuture = timed(
  { step: 14, name: 'thisUpdate and producedAt', section: 'RFC 6960 §3.2 (5), §4.2.2.1' },
  ({ thisUpdate, producedAt }, { now, policy }) => {
    const latest = now + policy.clockSkew;
    const ahead = (field: string, instant: Instant) => () =>
      `${field} ${formatInstant(instant)} lies ahead, beyond the allowed skew of ${formatDuration(policy.clockSkew)}`;
    if (thisUpdate > latest) return failed('this-update-in-future', ahead('thisUpdate', thisUpdate));
    if (producedAt > latest) return failed('produced-at-in-future', ahead('producedAt', producedAt));
    return passed(() => `thisUpdate ${formatInstant(thisUpdate)}, producedAt ${formatInstant(producedAt)}`);
  },
);

const nextUpdate = timed(
  { step: 15, name: 'nextUpdate', section: 'RFC 9919 §5, RFC 6960 §3.2 (6)' },
  ({ thisUpdate, nextUpdate: next, nextUpdateIsAssumed }, { now }) => {
    if (next === undefined) {
      return failed('next-update-missing', () => 'it has no nextUpdate');
    }
    const said = () =>
      `nextUpdate ${formatInstant(next)}${nextUpdateIsAssumed ? ' (assumed: it has none)' : ''}`;
    if (next <= thisUpdate) {
      return failed(
        'next-update-before-this-update',
        () => `${said()} is not after thisUpdate ${formatInstant(thisUpdate)}`,
      );
    }
    // At nextUpdate itself newer information is available (RFC 6960 §2.4).
    if (next <= now) return failed('response-expired', () => `${said()} has passed`);
    return passed(said);
  },
);

const age = timed(
  { step: 16, name: 'age', section: 'BR §4.9.9, §4.9.10' },
  ({ thisUpdate, nextUpdate: next }, { now, policy }) => {
    if (now - thisUpdate > policy.maxAge) {
      const words = () =>
        `it is ${formatDuration(now - thisUpdate)} old, beyond the allowed age of ${formatDuration(policy.maxAge)}`;
      return failed('response-too-old', words);
    }
    const interval = next === undefined ? undefined : next - thisUpdate;
    if (interval !== undefined && isUnusual(interval)) {
      return warning('interval-unusual', () => `a validity of ${formatDuration(interval)} is unusual`);
    }
    return passed(() => `${formatDuration(Math.max(0, now - thisUpdate))} old`);
  },
);

/** Reports whether a validity is unusual. The check of nextUpdate is responsible for a negative one. */
function isUnusual(interval: number): boolean {
  return interval > 0 && (interval < LIMITS.usualInterval.from || interval > LIMITS.usualInterval.to);
}

export const timeChecks: readonly Check[] = [timeForm, notFromTheFuture, nextUpdate, age];
