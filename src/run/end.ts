import { type LastRuns, type RunRecord, withRun } from '../state/last-run.js';
import { EXIT } from '../report/exit-status.js';
import type { RunReport } from '../report/outcome.js';
import type { Results } from './each-certificate.js';
import { acknowledgedIn } from './report.js';
import type { RunContext, RunEnd, RunOrder } from './types.js';

interface Records {
  readonly report: RunReport;
  /** The runs before this one. */
  readonly before: LastRuns;
  /** The record of this one; undefined if it did not look at all certificates. */
  readonly record: RunRecord | undefined;
}

/** Describes the end of a run for those who look at it from outside. */
export function endOf(
  { work, stop }: RunOrder,
  context: RunContext,
  results: Pick<Results, 'untouched'>,
  { report, before, record }: Records,
): RunEnd {
  const acknowledged = acknowledgedIn(report, stop);
  return {
    isGood: (report.status & EXIT.attention) === 0,
    runs: record === undefined ? before : withRun(before, record),
    unknownPlaces: work.unknownPlaces ?? [],
    pending: report.reload.filter((name) => !acknowledged.includes(name)),
    context,
    waitFor: work.source.waitFor,
    untouched: results.untouched,
  };
}
