import { UNASSIGNED, UNASSIGNED_BIT } from '../configuration/model.js';
import type { Reload } from '../services/reload-outcome.js';
import { groupTroubles, listed, type Group } from './groups.js';
import type { Outcome } from './outcome.js';
import type { RunReport } from './run-report.js';
import { attention, counted, type Line } from './text.js';

/** Tells of the run as a whole what is worth a warning; `summary` is the line after these. */
export function summaryLines(report: RunReport): Line[] {
  const owed = report.owedBefore.length === 0 ? [] : [owedLine(report)];
  const complaints = report.complaints.map((text) =>
    attention(report.complaintsMatter ? 'error' : 'warning', text),
  );
  const warnings = report.warnings.map((text) => attention('warning', text));
  const lacking = report.lacking.map((text) =>
    attention(report.attention.length > 0 ? 'error' : 'warning', text),
  );
  return [...complaints, ...lacking, ...warnings, ...stoppedLines(report), ...owed];
}

function stoppedLines({ stopped, notReached }: RunReport): Line[] {
  if (stopped === undefined) return [];
  const left = notReached.length === 0 ? '' : `; not looked at: ${listed(notReached)}`;
  return [attention(left === '' ? 'warning' : 'error', stopped.message + left, stopped.hint)];
}

/** What became of a reload that was tried has been told. */
function owedLine({ owedBefore, reloads }: RunReport): Line {
  const tried = new Set(reloads.map(({ service }) => service));
  const isAskedFor = owedBefore.some((name) => !tried.has(name));
  const text = `an earlier run has left ${list(owedBefore)} without a reload`;
  return attention('warning', isAskedFor ? `${text}; asked for now` : text);
}

const KINDS: readonly Outcome['kind'][] = [
  'updated',
  'unchanged',
  'deferred',
  'failed',
  'revoked',
  'not-applicable',
];

/** Says in one line what happened, what to reload, and why the status is what it is. */
export function summary(report: RunReport): string {
  const { outcomes, reloads, reload, status, dryRun, attention: reasons } = report;
  const named = (wanted: Reload['kind']) =>
    reloads.flatMap(({ kind, service }) => (kind === wanted ? [service] : []));
  const [reloaded, pushed] = [named('reloaded'), named('pushed')];
  return [
    `${counted(outcomes.length, 'certificate')}: ${counts(report).join(', ') || 'none'}`,
    ...(reloaded.length === 0 ? [] : [`reloaded ${list(reloaded)}`]),
    ...(pushed.length === 0 ? [] : [`given to ${list(pushed)}`]),
    ...(reload.length === 0 ? [] : [`reload ${list(reload)}`]),
    ...(reloaded.length + pushed.length + reload.length > 0
      ? []
      : [dryRun ? 'nothing was written' : 'nothing to reload']),
    reasons.length === 0 ? `status ${status}` : `status ${status} (needs attention: ${reasons.join(', ')})`,
  ].join('; ');
}

function counts({ outcomes, notReached, stopped, strict }: RunReport): string[] {
  const asked = outcomes.filter(({ reason }) => reason !== 'not-asked');
  const troubles = groupTroubles(asked, strict);
  const counted = KINDS.flatMap((kind) => {
    const count = asked.filter((outcome) => outcome.kind === kind).length;
    return count === 0 ? [] : [`${count} ${kind}${causes(troubles.filter((group) => group.kind === kind))}`];
  });
  const spared = outcomes.length - asked.length;
  if (spared > 0) counted.push(`${spared} not asked about`);
  if (notReached.length > 0)
    counted.push(`${notReached.length} not looked at (${stopped?.code ?? 'stop_on_error'})`);
  return counted;
}

const CAUSES_SHOWN = 3;

/** Names what went wrong where, so that the line alone tells a responder that is down. */
function causes(groups: readonly Group[]): string {
  const all = [
    ...new Set(groups.map(({ reason, host }) => (host === undefined ? reason : `${reason} at ${host}`))),
  ];
  if (all.length === 0) return '';
  const more = all.length > CAUSES_SHOWN ? ', …' : '';
  return ` (${all.slice(0, CAUSES_SHOWN).join(', ')}${more})`;
}

function list(services: readonly string[]): string {
  return services
    .map((name) =>
      name === UNASSIGNED ? `what uses the certificates of no service (bit ${UNASSIGNED_BIT})` : name,
    )
    .join(', ');
}
