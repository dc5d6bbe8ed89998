import { isCount, isRecord } from '../util/json.js';
import { type Instant, isInstant } from '../util/time.js';

/** The end of a run that looked at all certificates of a configuration. */
export interface RunRecord {
  readonly started: Instant;
  readonly ended: Instant;
  /** The exit status. */
  readonly status: number;
  /** True if nothing needed attention. */
  readonly isGood: boolean;
}

/** The last complete runs of a configuration. Each lock file takes them over from the one before. */
export interface LastRuns {
  readonly last: RunRecord | undefined;
  /** The last good run, which may be an earlier one. */
  readonly lastGood: RunRecord | undefined;
}

export const NO_RUNS: LastRuns = { last: undefined, lastGood: undefined };

/** Adds a run to those before it. */
export function withRun(before: LastRuns, run: RunRecord): LastRuns {
  return { last: run, lastGood: run.isGood ? run : before.lastGood };
}

/** Decodes the runs in a lock file; undefined if it has none. Damaged ones count as unknown. */
export function decodeRuns(value: unknown): LastRuns | undefined {
  if (!isRecord(value)) return undefined;
  const { last, lastGood } = value;
  return { last: decodeRun(last), lastGood: decodeRun(lastGood) };
}

function decodeRun(value: unknown): RunRecord | undefined {
  const { started, ended, status, isGood } = isRecord(value) ? value : {};
  if (!isInstant(started) || !isInstant(ended) || !isStatus(status)) return undefined;
  return typeof isGood === 'boolean' ? { started, ended, status, isGood } : undefined;
}

function isStatus(value: unknown): value is number {
  return isCount(value) && value < 64;
}
