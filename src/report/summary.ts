import { serviceInWords, UNASSIGNED, UNASSIGNED_BIT } from '../configuration/model.js';
import type { Reload } from '../services/reload.js';
import type { Outcome, RunReport } from './outcome.js';
import { attention, counted, type Line, listed, namesOf, type ShownKind, shownKind } from './text.js';
import { type Group, groupTroubles } from './troubles.js';

/** Makes the warnings about the run as a whole, which precede the line of `summary`. */
export function summaryLines(report: RunReport): Line[] {
  const pending = report.pendingBefore.length === 0 ? [] : [pendingLine(report)];
  const complaints = report.complaints.map((text) =>
    attention(report.complaintsMatter ? 'error' : 'warning', text),
  );
  const warnings = report.warnings.map((text) => attention('warning', text));
  const unusableFiles = report.unusableFiles.map((text) =>
    attention(report.attention.length > 0 ? 'error' : 'warning', text),
  );
  return [...complaints, ...unusableFiles, ...warnings, ...stoppedLines(report), ...pending];
}

function stoppedLines({ stopped, notReached }: RunReport): Line[] {
  if (stopped === undefined) return [];
  const left = notReached.length === 0 ? '' : `; not looked at: ${listed(notReached)}`;
  return [attention(left === '' ? 'warning' : 'error', stopped.message + left, stopped.hint)];
}

/** Warns of reloads that an earlier run left pending. The result of a reload in this run was told already. */
function pendingLine({ pendingBefore, reloads }: RunReport): Line {
  const tried = new Set(reloads.map(({ service }) => service));
  const isAskedFor = pendingBefore.some((name) => !tried.has(name));
  const text = `an earlier run has left ${list(pendingBefore)} without a reload`;
  return attention('warning', isAskedFor ? `${text}; asked for now` : text);
}

const KINDS: readonly ShownKind[] = [
  'updated',
  'would update',
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
    ...(reload.length === 0 ? [] : [`to reload: ${list(reload)}`]),
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
    const count = asked.filter((outcome) => shownKind(outcome) === kind).length;
    return count === 0 ? [] : [`${count} ${kind}${causes(troubles.filter((group) => group.kind === kind))}`];
  });
  const spared = outcomes.length - asked.length;
  if (spared > 0) counted.push(`${spared} not asked about`);
  if (notReached.length > 0)
    counted.push(`${notReached.length} not looked at (${stopped?.code ?? 'stop_on_error'})`);
  return counted;
}

const CAUSES_SHOWN = 3;

/** Names the errors and their hosts, so that the summary alone shows that a responder is down. */
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
    .map((name) => (name === UNASSIGNED ? `${serviceInWords(name)} (bit ${UNASSIGNED_BIT})` : name))
    .join(', ');
}

/** Names the certificates with new responses: where a run has only its summary, this says what it did. */
export function updatedText(outcomes: readonly Outcome[]): string {
  const updated = outcomes.filter(({ kind }) => kind === 'updated');
  return updated.length === 0 ? '' : `; updated ${namesOf(updated)}`;
}
