import { LIMITS } from '../util/limits.js';
import { reportToJson } from '../report/json.js';
import type { Outcome, RunReport } from '../report/outcome.js';
import { summary, summaryLines, updatedText } from '../report/summary.js';
import { groupLine, groupTroubles, isTrouble } from '../report/troubles.js';
import {
  attention,
  type Line,
  nameWidth,
  outcomeLines,
  reloadLines,
  verboseLines,
  warningLines,
} from '../report/text.js';
import type { Listener } from '../run/types.js';
import type { System } from '../system/system.js';
import { type Console, toJsonText } from './console.js';
import { openProgress, type Progress } from './progress.js';

const NO_READER = 'nobody reads the output: this run keeps the lock no longer';
const NO_READER_HINT =
  'whoever starts ocspbot through a pipe must read from it; the next run asks for the reloads again';

const NO_CALLER = 'whoever started this run has ended: nobody takes its status, which asks for reloads';
const NO_CALLER_HINT = 'the next run asks for the reloads again';

/** Reports a run on the console. The console and the log files are opened when the run begins, not for a refused run. */
export function reportOnConsole(
  openConsole: () => Console,
  strict: boolean,
  { now, isOrphaned }: Pick<System, 'now' | 'isOrphaned'>,
): Listener {
  let console: Console | undefined;
  const open = (): Console => (console ??= openConsole());
  let progress: Progress;
  let style: Style = { width: 0, isBrief: false, strict };
  return {
    begin: (names) => {
      progress = openProgress(names.length, now, open());
      const isBrief = open().isJournal || names.length > LIMITS.linesShown;
      style = { width: nameWidth(names), isBrief, strict };
    },
    done: (outcome) => {
      for (const line of linesOf(outcome, style, open())) open().say(line);
      progress.step();
    },
    reloaded: (reload) => {
      const { isJournal, detail } = open();
      const isSummed = isJournal && detail !== 'verbose';
      for (const line of reloadLines(reload)) if (line.severity !== 'info' || !isSummed) open().say(line);
    },
    deliver: async (report, signal) => {
      for (const line of reportLines(report, open())) open().say(line);
      if (open().format === 'json') open().print(toJsonText(reportToJson(report)));
      if (report.attention.length > 0) open().insist(attention('error', summary(report)));
      const isTaken = await open().flush(LIMITS.readerPatience, signal);
      if (!isTaken && !signal.aborted) open().say(attention('warning', NO_READER, NO_READER_HINT));
      if (!isOrphaned()) return isTaken;
      if (report.reload.length > 0) open().say(attention('warning', NO_CALLER, NO_CALLER_HINT));
      return false;
    },
    warn: (text, hint) => open().say(attention('warning', text, hint)),
  };
}

/** The style of the lines of a run. */
interface Style {
  /** The width of the names. */
  readonly width: number;
  /**
   * Only installed responses and warnings have lines of their own, and in the journal only warnings. The summary counts the
   * other certificates.
   */
  readonly isBrief: boolean;
  readonly strict: boolean;
}

/** Returns the lines of one outcome. Failures are grouped and reported at the end, except with `--verbose`. */
function linesOf(
  outcome: Outcome,
  { width, isBrief, strict }: Style,
  { detail, isJournal }: Console,
): Line[] {
  if (detail === 'verbose') {
    const troubles = groupTroubles([outcome], strict).map((group) => groupLine(group, true));
    const line = troubles.length > 0 ? [...troubles, ...warningLines(outcome)] : outcomeLines(outcome, width);
    return [...line, ...verboseLines(outcome)];
  }
  if (isTrouble(outcome)) return warningLines(outcome);
  const hasLine = !isBrief || (outcome.kind === 'updated' && !isJournal);
  return hasLine ? outcomeLines(outcome, width) : warningLines(outcome);
}

/** Returns the last lines of a run. The journal gets a single line if nothing needs attention, so it has the names. */
function reportLines(report: RunReport, { detail, isJournal }: Console): Line[] {
  const troubles = detail === 'verbose' ? [] : groupTroubles(report.outcomes, report.strict);
  const told = troubles.filter(({ severity }) => severity === 'error' || !isJournal);
  const text = summary(report) + (isJournal && detail !== 'verbose' ? updatedText(report.outcomes) : '');
  const event = { kind: 'end', status: report.status } as const;
  const last: Line = { severity: isJournal ? severityOf(report) : 'info', text, event };
  return [...told.map((group) => groupLine(group, false)), ...summaryLines(report), last];
}

/** Returns the level of the summary in the journal. */
function severityOf({ attention: reasons, outcomes }: RunReport): Line['severity'] {
  if (reasons.length > 0) return 'error';
  return outcomes.some(isTrouble) ? 'warning' : 'info';
}
