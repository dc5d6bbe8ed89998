import { LIMITS } from '../util/limits.js';
import { reportToJson } from '../report/json.js';
import type { Outcome, RunReport } from '../report/outcome.js';
import { groupLine, groupTroubles, isTrouble, summary, summaryLines } from '../report/summary.js';
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
import { type Console, openProgress, type Progress, toJsonText } from './console.js';

const UNREAD = 'nobody reads the output: this run keeps the lock no longer';
const UNREAD_HINT =
  'whoever starts ocspbot through a pipe must read from it; the next run asks for the reloads again';

/** The console, and with it the log files, is opened when the run begins: one that is refused leaves them alone. */
export function listenTo(open: () => Console, strict: boolean, { now }: Pick<System, 'now'>): Listener {
  let console: Console | undefined;
  const opened = (): Console => (console ??= open());
  let progress: Progress;
  let width = 0;
  return {
    begin: (names) => {
      progress = openProgress(names.length, now, opened());
      width = nameWidth(names);
    },
    done: (outcome) => {
      for (const line of linesOf(outcome, width, strict, opened())) opened().say(line);
      progress.step();
    },
    reloaded: (reload) => {
      for (const line of reloadLines(reload)) opened().say(line);
    },
    deliver: async (report, signal) => {
      for (const line of reportLines(report, opened())) opened().say(line);
      if (opened().format === 'json') opened().print(toJsonText(reportToJson(report)));
      if (report.attention.length > 0) opened().insist(attention('error', summary(report)));
      const isTaken = await opened().flush(LIMITS.readerPatience, signal);
      if (!isTaken && !signal.aborted) opened().say(attention('warning', UNREAD, UNREAD_HINT));
      return isTaken;
    },
    warn: (text, hint) => opened().say(attention('warning', text, hint)),
  };
}

/** Troubles are told together when all is done, unless every detail is wanted. */
function linesOf(outcome: Outcome, width: number, strict: boolean, { detail, isJournal }: Console): Line[] {
  if (detail === 'verbose') {
    const troubles = groupTroubles([outcome], strict).map(groupLine);
    const line = troubles.length > 0 ? [...troubles, ...warningLines(outcome)] : outcomeLines(outcome, width);
    return [...line, ...verboseLines(outcome)];
  }
  if (isTrouble(outcome)) return warningLines(outcome);
  return isJournal && outcome.kind !== 'updated' ? warningLines(outcome) : outcomeLines(outcome, width);
}

/** The journal has one line for a run in which nothing needs attention. */
function reportLines(report: RunReport, { detail, isJournal }: Console): Line[] {
  const troubles = detail === 'verbose' ? [] : groupTroubles(report.outcomes, report.strict);
  const told = troubles.filter(({ severity }) => severity === 'error' || !isJournal);
  const last: Line = { severity: isJournal ? severityOf(report) : 'info', text: summary(report) };
  return [...told.map(groupLine), ...summaryLines(report), last];
}

/** The journal shows by level what needs attention. */
function severityOf({ attention: reasons, outcomes }: RunReport): Line['severity'] {
  if (reasons.length > 0) return 'error';
  return outcomes.some(isTrouble) ? 'warning' : 'info';
}
