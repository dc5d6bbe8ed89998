import { serviceInWords } from '../configuration/model.js';
import type { PLUGIN } from '../report/exit-status.js';
import { counted } from '../report/text.js';
import type { RunRecord } from '../state/last-run.js';
import { cut } from '../util/text.js';
import { type Duration, formatAge, formatDuration, type Instant, MINUTE } from '../util/time.js';
import {
  byUrgency,
  type CertificateStatus,
  needsAttention,
  type Snapshot,
  type StapleLife,
} from './snapshot.js';

/** The verdict of a monitoring plugin. */
export type Level = keyof typeof PLUGIN;

/** A threshold: a length of time, or a share (0–1) of the lifetime of the staple. */
export type Threshold =
  | { readonly kind: 'duration'; readonly length: Duration }
  | { readonly kind: 'share'; readonly share: number };

export interface CheckLimits {
  /** The verdict is at least this bad if less than the threshold is left of a staple. */
  readonly warning: Threshold | undefined;
  readonly critical: Threshold | undefined;
  /** The age of the last good run from which it is a warning, or critical; undefined for never. */
  readonly runWarning: Duration | undefined;
  readonly runCritical: Duration | undefined;
}

export interface Finding {
  readonly level: Exclude<Level, 'ok'>;
  readonly about: 'certificate' | 'service' | 'configuration' | 'run';
  /** The name of the certificate or service; empty for the configuration and the run. */
  readonly name: string;
  readonly text: string;
  readonly hint: string | undefined;
}

export interface Verdict {
  readonly level: Level;
  /** The verdict in one line. */
  readonly summary: string;
  /** Everything that is not as it should be, the worst first. */
  readonly findings: readonly Finding[];
}

/** The levels, the worst first. What cannot be known may be worse than a warning. */
export const LEVELS: readonly Level[] = ['critical', 'unknown', 'warning', 'ok'];

/** Judges a snapshot by thresholds. Only certificates with a usable staple count as good, and at least one must. */
export function checkSnapshot(snapshot: Snapshot, limits: CheckLimits): Verdict {
  const { certificates, now } = snapshot;
  const expected = certificates.filter(({ state }) => state !== 'not-applicable');
  const findings = [
    ...byUrgency(expected).flatMap((one) => certificateFindings(one, limits, now)),
    ...snapshot.problems.map((text) => configurationFinding('unknown', text)),
    ...snapshot.warnings.map((text) => configurationFinding('warning', text)),
    ...(expected.length === 0 ? [nothingFound(certificates.length)] : []),
    ...runFindings(snapshot, limits),
    ...pendingFindings(snapshot),
  ].sort((one, other) => LEVELS.indexOf(one.level) - LEVELS.indexOf(other.level));
  const level = findings[0]?.level ?? 'ok';
  return { level, findings, summary: summaryOf(expected, findings, snapshot) };
}

function nothingFound(count: number): Finding {
  const text =
    count === 0 ? 'there is no certificate' : `none of ${counted(count, 'certificate')} needs a staple`;
  return configurationFinding(
    'unknown',
    text,
    'see which certificates the configuration has: ocspbot status',
  );
}

function configurationFinding(level: Finding['level'], text: string, hint?: string): Finding {
  return { level, about: 'configuration', name: '', text, hint };
}

function certificateFindings(one: CertificateStatus, limits: CheckLimits, now: Instant): Finding[] {
  const { name, state, message, hint, staple } = one;
  const text = `${name}: ${state}: ${message}`;
  const finding = (level: Finding['level'], words: string): Finding[] => [
    { level, about: 'certificate', name, text: words, hint },
  ];
  if (needsAttention(one) || staple === undefined) return finding('critical', text);
  const left = formatDuration(staple.usefulUntil - now);
  const short = `${name}: ${state}: only ${left} of the staple are left`;
  if (isBelow(limits.critical, staple, now)) return finding('critical', short);
  if (isBelow(limits.warning, staple, now)) return finding('warning', short);
  return state === 'blocked' ? finding('warning', text) : [];
}

function isBelow(threshold: Threshold | undefined, { from, usefulUntil }: StapleLife, now: Instant): boolean {
  if (threshold === undefined) return false;
  const least = threshold.kind === 'duration' ? threshold.length : threshold.share * (usefulUntil - from);
  return usefulUntil - now < least;
}

function runFindings({ runs: { lastGood }, now }: Snapshot, limits: CheckLimits): Finding[] {
  const { runWarning, runCritical } = limits;
  if (runWarning === undefined && runCritical === undefined) return [];
  const finding = (level: Finding['level'], text: string, hint: string = RUN_HINT): Finding[] => [
    { level, about: 'run', name: '', text, hint },
  ];
  const least = runWarning === undefined ? 'critical' : 'warning';
  if (lastGood === undefined) return finding(least, 'no good run is known');
  const age = now - lastGood.ended;
  const text = `the last good run was ${formatAge(lastGood.ended, now)}`;
  if (isAhead(lastGood, now)) return finding(least, text, CLOCK_HINT);
  if (runCritical !== undefined && age > runCritical) return finding('critical', text);
  return runWarning !== undefined && age > runWarning ? finding('warning', text) : [];
}

const RUN_HINT = 'see whether the timer or cron job still runs, and what its last run said';
const CLOCK_HINT = 'see whether the clock is right (timedatectl, chrony); the next good run settles it';

/** Reports whether a run has ended in the future, so that nobody knows how long ago it was. */
export function isAhead(run: RunRecord | undefined, now: Instant): boolean {
  return run !== undefined && run.ended - now >= MINUTE;
}

/** Returns the reloads that are pending. Those of a run that is at work are no trouble yet. */
function pendingFindings({ services, isRunning }: Snapshot): Finding[] {
  if (isRunning) return [];
  const pending = services.filter(({ isPending }) => isPending);
  return pending.map(({ name }) => ({
    level: 'warning',
    about: 'service',
    name,
    text: `the reload of ${serviceInWords(name)} is pending`,
    hint: 'the next run asks for it again; see whether its caller reloads what the exit status names',
  }));
}

/** The characters of the worst trouble in the summary, so that the number of the others is never cut off. */
const LONGEST_TROUBLE = 250;

function summaryOf(
  expected: readonly CertificateStatus[],
  findings: readonly Finding[],
  { runs: { lastGood }, now }: Snapshot,
): string {
  const [worst, ...others] = findings;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  if (worst !== undefined) return cut(worst.text, LONGEST_TROUBLE) + more;
  const first = firstToEnd(expected);
  const ends =
    first?.staple && `; the first ends in ${formatDuration(first.staple.usefulUntil - now)} (${first.name})`;
  const run = lastGood === undefined ? '' : `; last good run ${formatAge(lastGood.ended, now)}`;
  return `${counted(expected.length, 'staple')} good${ends ?? ''}${run}`;
}

/** Returns the certificate whose staple ends first; undefined if there is no usable staple. */
export function firstToEnd(certificates: readonly CertificateStatus[]): CertificateStatus | undefined {
  const end = ({ staple }: CertificateStatus) => staple?.usefulUntil ?? Number.POSITIVE_INFINITY;
  return certificates.filter(({ staple }) => staple !== undefined).toSorted((a, b) => end(a) - end(b))[0];
}
