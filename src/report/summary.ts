import { diagnosis } from '../client/trace.js';
import { UNASSIGNED, UNASSIGNED_BIT } from '../configuration/model.js';
import type { Reload } from '../services/reload.js';
import { formatInstant } from '../util/time.js';
import { type Outcome, type RunReport, urgencyOf } from './outcome.js';
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

/** Certificates with one trouble in common. They are told in one paragraph. */
interface Group {
  readonly severity: 'warning' | 'error';
  readonly kind: Outcome['kind'];
  readonly reason: Outcome['reason'];
  /** Host of the responder; undefined where the trouble has nothing to do with one. */
  readonly host: string | undefined;
  readonly outcomes: readonly [Outcome, ...Outcome[]];
}

/** What lies on the disk is different for each certificate: as many are still told one by one. */
const TOLD_SINGLY = 3;

/** Puts together what one cause has done to many certificates. Errors come first. */
export function groupTroubles(outcomes: readonly Outcome[], strict: boolean): Group[] {
  const groups = new Map<string, Group & { readonly outcomes: [Outcome, ...Outcome[]] }>();
  for (const outcome of outcomes.filter(isTrouble)) {
    const { kind, reason } = outcome;
    const severity = urgencyOf(outcome, strict) === 'person' ? 'error' : 'warning';
    const host = hostOf(outcome);
    const key = JSON.stringify([severity, kind, reason, host]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { severity, kind, reason, host, outcomes: [outcome] });
    else group.outcomes.push(outcome);
  }
  const all = [...groups.values()].flatMap(singly);
  return [
    ...all.filter(({ severity }) => severity === 'error'),
    ...all.filter(({ severity }) => severity === 'warning'),
  ];
}

export function isTrouble({ kind }: Outcome): boolean {
  return kind === 'deferred' || kind === 'failed' || kind === 'revoked';
}

function singly(group: Group): Group[] {
  if (group.host !== undefined || group.outcomes.length > TOLD_SINGLY) return [group];
  return group.outcomes.map((outcome) => ({ ...group, outcomes: [outcome] }));
}

function hostOf({ responder, exchanges = [], waitsFor }: Outcome): string | undefined {
  const url = waitsFor?.responder ?? responder ?? exchanges.at(-1)?.url;
  return url === undefined ? undefined : new URL(url).host;
}

/** Tells what happened, to which certificates, what to do, and how to ask again by hand. */
export function groupLine({ severity, kind, outcomes }: Group): Line {
  const [first, ...others] = outcomes;
  const likewise = others.length === 0 ? '' : `\n  likewise: ${namesOf(others)}${firstEnd(outcomes)}`;
  const { text } = attention(severity, `${first.name}: ${kind}: ${first.message}${likewise}`, first.hint);
  // Of several requests the last one: `--verbose` shows the others.
  const asked = diagnosis(first.exchanges?.slice(-1) ?? []).map((line) => `\n  ${line}`);
  return { severity, text: text + asked.join('') };
}

const NAMES_SHOWN = 10;

function listed(names: readonly string[]): string {
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '';
  return names.slice(0, NAMES_SHOWN).join(', ') + more;
}

function namesOf(outcomes: readonly Outcome[]): string {
  return listed(outcomes.map(({ name }) => name));
}

/** Says which of the staples in place is the first to end. */
function firstEnd(outcomes: readonly Outcome[]): string {
  const ends = outcomes.flatMap(({ staple, name }) => (staple ? [{ name, end: staple.usefulUntil }] : []));
  const [first] = ends.sort((one, other) => one.end - other.end);
  return first === undefined
    ? ''
    : `; the first staple to end is that of ${first.name}: ${formatInstant(first.end)}`;
}
