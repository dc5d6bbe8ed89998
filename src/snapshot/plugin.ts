import { ConfigurationError, formatPosition } from '../configuration/problem.js';
import type { OcspbotError } from '../util/errors.js';
import { visible } from '../util/text.js';
import { type Duration, type Instant, SECOND } from '../util/time.js';
import {
  type CheckLimits,
  firstToEnd,
  type Finding,
  isAhead,
  type Threshold,
  type Verdict,
} from './check.js';
import { type CertificateStatus, isStapled, needsAttention, type Snapshot } from './snapshot.js';

// The form of the Monitoring Plugins Development Guidelines: a line with performance data behind a bar, then more lines.

/** Findings below the first line, and characters of each. Nagios reads 8 KiB in all. */
const FINDINGS_SHOWN = 15;
const LONGEST_LINE = 300;

export function pluginText(
  { level, summary, findings }: Verdict,
  snapshot: Snapshot,
  limits: CheckLimits,
  detail: 'quiet' | 'normal' | 'verbose',
): string {
  const first = `OCSP ${level.toUpperCase()} - ${plain(summary)} | ${performanceData(snapshot, limits)}`;
  const most = { quiet: 0, normal: FINDINGS_SHOWN, verbose: findings.length }[detail];
  const left = findings.length - most;
  const rest = left > 0 && most > 0 ? [`and ${left} more: see ocspbot status ${plain(snapshot.file)}`] : [];
  return `${[first, ...findings.slice(0, most).map(findingText), ...rest].join('\n')}\n`;
}

/** Says why nothing could be checked, with what to do. Monitoring shows standard output alone. */
export function failureText(error: OcspbotError): string {
  const { message, hint } = error;
  const troubles =
    error instanceof ConfigurationError
      ? error.problems.map((one) => ({ ...one, text: `${formatPosition(one.position)}: ${one.message}` }))
      : [{ text: message, hint }];
  const lines = troubles
    .slice(0, FINDINGS_SHOWN)
    .map(({ text, hint: advice }) => findingText({ level: 'unknown', text, hint: advice }));
  const left = troubles.length - lines.length;
  const rest = left > 0 ? [`and ${left} more: see ocspbot validate`] : [];
  return `${[`OCSP UNKNOWN - ${plain(message)}`, ...lines, ...rest].join('\n')}\n`;
}

function findingText({ level, text, hint }: Pick<Finding, 'level' | 'text' | 'hint'>): string {
  return plain(`${level.toUpperCase()} ${text}${hint === undefined ? '' : ` (${hint})`}`);
}

/** Makes a text safe for one line: a bar would begin performance data, and monitoring shows HTML. */
function plain(text: string): string {
  const line = visible(text).replaceAll('|', '/').replaceAll(/[<>]/g, "'");
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
}

function performanceData({ certificates, runs, now }: Snapshot, limits: CheckLimits): string {
  const expected = certificates.filter(({ state }) => state !== 'not-applicable');
  const left = leastLeft(expected, now);
  const good = isAhead(runs.lastGood, now) ? undefined : runs.lastGood?.ended;
  const values = [
    `certificates=${certificates.length};;;0`,
    `attention=${expected.filter(needsAttention).length};;0;0`,
    ...(left === undefined
      ? []
      : [`left=${seconds(left)}s;${least(limits.warning)};${least(limits.critical)}`]),
    ...(good === undefined
      ? []
      : [`run_age=${seconds(now - good)}s;${most(limits.runWarning)};${most(limits.runCritical)};0`]),
  ];
  return values.join(' ');
}

/** Returns how long all certificates are stapled: not at all if one is not now; undefined if there is none. */
function leastLeft(expected: readonly CertificateStatus[], now: Instant): Duration | undefined {
  if (!expected.every(isStapled)) return 0;
  const end = firstToEnd(expected)?.staple?.usefulUntil;
  return end === undefined ? undefined : end - now;
}

/** A range that is left below a value. A share has none, because it differs from staple to staple. */
function least(threshold: Threshold | undefined): string {
  return threshold?.kind === 'duration' ? `${seconds(threshold.length)}:` : '';
}

function most(duration: number | undefined): string {
  return duration === undefined ? '' : String(seconds(duration));
}

function seconds(duration: number): number {
  return Math.max(0, Math.round(duration / SECOND));
}
