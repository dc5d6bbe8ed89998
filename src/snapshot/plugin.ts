import { ConfigurationError, formatPosition } from '../configuration/problem.js';
import type { OcspbotError } from '../util/errors.js';
import { cut, visible } from '../util/text.js';
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

type Detail = 'quiet' | 'normal' | 'verbose';

export function pluginText(
  { level, summary, findings }: Verdict,
  snapshot: Snapshot,
  limits: CheckLimits,
  detail: Detail,
): string {
  const first = `OCSP ${level.toUpperCase()} - ${plain(summary)} | ${performanceData(snapshot, limits)}`;
  return textOf(first, linesOf(findings, detail, `status ${snapshot.file}`));
}

/** Says why nothing could be checked, with what to do. Monitoring shows standard output alone. */
export function failureText(error: OcspbotError, detail: Detail = 'normal'): string {
  const { message: text, hint } = error;
  const troubles =
    error instanceof ConfigurationError
      ? error.problems.map((one) => ({ ...one, text: `${formatPosition(one.position)}: ${one.message}` }))
      : [{ text, hint }];
  const findings = troubles.map((one) => ({ ...one, level: 'unknown' as const }));
  return textOf(`OCSP UNKNOWN - ${plain(text)}`, linesOf(findings, detail, 'validate'));
}

function textOf(first: string, lines: readonly string[]): string {
  return `${[first, ...lines].join('\n')}\n`;
}

type Told = Pick<Finding, 'level' | 'text' | 'hint'>;

/** Returns the lines after the first. `command` shows all of them. */
function linesOf(findings: readonly Told[], detail: Detail, command: string): string[] {
  const most = { quiet: 0, normal: FINDINGS_SHOWN, verbose: findings.length }[detail];
  const left = findings.length - most;
  const rest = left > 0 && most > 0 ? [`and ${left} more: see ocspbot ${plain(command)}`] : [];
  return [...findings.slice(0, most).map(findingText), ...rest];
}

function findingText({ level, text, hint }: Told): string {
  return plain(`${level.toUpperCase()} ${text}${hint === undefined ? '' : ` (${hint})`}`);
}

/** Makes a text safe for one line: a bar would begin performance data, and monitoring shows HTML. */
function plain(text: string): string {
  return cut(visible(text).replaceAll('|', '/').replaceAll(/[<>]/g, "'"), LONGEST_LINE);
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
