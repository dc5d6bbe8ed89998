import { type Duration, formatAge, formatDuration, formatInstant, type Instant } from '../util/time.js';
import type { Action, CertificateStatus } from './snapshot.js';

/** Says in few words what a run would do now. */
export function actionText({ kind, reason, next }: Action, now: Instant): string {
  switch (kind) {
    case 'keep':
      return next === undefined ? 'keeps it' : `keeps it for ${short(next - now)}`;
    case 'fetch':
      return `fetches (${reason})`;
    case 'rewrite':
      return 'rewrites it';
    case 'wait':
      return next === undefined ? 'waits' : `asks in ${short(next - now)}`;
    case 'fail':
      return `fails: ${reason}`;
    case 'nothing':
      return reason;
  }
}

/** Says in few words how the last attempt ended, and when. */
export function attemptText(attempt: CertificateStatus['lastAttempt'], now: Instant): string {
  if (attempt === undefined) return '-';
  const what = attempt.isFailure ? attempt.reason : attempt.outcome;
  return `${what} ${shortened(formatAge(attempt.at, now))}`;
}

/** Formats a duration in few columns: `6d 22h`. */
export function short(duration: Duration): string {
  return shortened(formatDuration(duration));
}

function shortened(text: string): string {
  return text.replaceAll(/(\d+) (.)[a-z]+/g, '$1$2');
}

/** Returns the host of a URL; `-` for none. */
export function hostOf(url: string | undefined): string {
  return url === undefined ? '-' : URL.canParse(url) ? new URL(url).host : url;
}

/** Formats an instant to the minute; `-` for none. */
export function minute(instant: Instant | undefined): string {
  return instant === undefined ? '-' : `${formatInstant(instant).slice(0, 16)}Z`;
}
