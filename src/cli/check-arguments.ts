import type { CheckLimits, Threshold } from '../snapshot/check.js';
import { DEFAULTS } from '../util/limits.js';
import { type Duration, parseDuration } from '../util/time.js';
import { text, usage, type Values } from './values.js';

/** Reads the thresholds of `check`. Throws `usage`. */
export function readCheckLimits(values: Values): CheckLimits {
  const limits = {
    warning: readThreshold('warning', values),
    critical: readThreshold('critical', values),
    runWarning: readAge('run-warning', values, DEFAULTS.runWarning),
    runCritical: readAge('run-critical', values, undefined),
  };
  const { warning, critical, runWarning, runCritical } = limits;
  if (warning !== undefined && critical !== undefined && isLess(warning, critical))
    throw usage('--warning is less than --critical: a staple would be critical before it is a warning');
  if (runWarning !== undefined && runCritical !== undefined && runCritical < runWarning)
    throw usage(
      '--run-critical is less than --run-warning',
      'a larger age is worse; --run-warning off leaves it out',
    );
  return limits;
}

function isLess(one: Threshold, other: Threshold): boolean {
  if (one.kind === 'duration') return other.kind === 'duration' && one.length < other.length;
  return other.kind === 'share' && one.share < other.share;
}

function readThreshold(name: string, values: Values): Threshold | undefined {
  const written = text(values, name);
  if (written === undefined) return undefined;
  const percentage = /^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(written)?.[1];
  if (percentage !== undefined && Number(percentage) <= 100)
    return { kind: 'share', share: Number(percentage) / 100 };
  const length = parseDuration(written);
  if (length !== undefined) return { kind: 'duration', length };
  throw usage(
    `--${name} ${written} is neither a duration like 2d or "1 day 12 hours" nor a percentage like 25%`,
  );
}

function readAge(name: string, values: Values, otherwise: Duration | undefined): Duration | undefined {
  const written = text(values, name);
  if (written === undefined) return otherwise;
  if (written === 'off') return undefined;
  const age = parseDuration(written);
  if (age !== undefined) return age;
  throw usage(`--${name} ${written} is not a duration like 3h or "1 day 12 hours", nor "off"`);
}
