import { diagnosis } from '../client/trace.js';
import { serviceInWords, UNASSIGNED, UNASSIGNED_BIT } from '../configuration/model.js';
import type { Reload } from '../services/reload.js';
import { firstOf } from '../util/text.js';
import { formatInstant } from '../util/time.js';
import { type Basis, type Outcome, type RunReport, urgencyOf } from './outcome.js';
import { attention, certificateEvent, counted, type Line, type ShownKind, shownKind } from './text.js';

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

/** Certificates with the same trouble, which share one paragraph. */
interface Group {
  readonly severity: 'warning' | 'error';
  readonly kind: Outcome['kind'];
  readonly reason: Outcome['reason'];
  /** The host of the responder; undefined if the trouble has nothing to do with a responder. */
  readonly host: string | undefined;
  readonly outcomes: readonly [Outcome, ...Outcome[]];
}

/** The largest group of troubles without a host that is shown one by one, because the files differ; also the most hints. */
const TOLD_SINGLY = 3;

/** Groups outcomes that have the same cause. Errors come first. */
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
  if (group.host !== undefined) return [group];
  if (group.outcomes.length <= TOLD_SINGLY)
    return group.outcomes.map((outcome) => ({ ...group, outcomes: [outcome] }));
  const byHint = groupsByHint(group);
  return byHint.length <= TOLD_SINGLY ? byHint : [group];
}

function groupsByHint(group: Group): Group[] {
  const groups = new Map<string | undefined, [Outcome, ...Outcome[]]>();
  for (const outcome of group.outcomes) {
    const known = groups.get(outcome.hint);
    if (known === undefined) groups.set(outcome.hint, [outcome]);
    else known.push(outcome);
  }
  return [...groups.values()].map((outcomes) => ({ ...group, outcomes }));
}

function hostOf({ basis, exchanges }: Outcome): string | undefined {
  if (isGoodAnswer(basis)) return undefined;
  const url = responderIn(basis) ?? exchanges.at(-1)?.url;
  return url === undefined ? undefined : new URL(url).host;
}

function responderIn(basis: Basis): string | undefined {
  if (basis.kind === 'earlier-attempt') return basis.responder;
  return basis.kind === 'answer' && basis.origin?.kind === 'responder' ? basis.origin.url : undefined;
}

function isGoodAnswer(basis: Basis): boolean {
  return basis.kind === 'answer' && basis.verdict === 'good';
}

/**
 * Describes a group: what happened, to which certificates and what to do. The last request follows, except with
 * `--verbose`, whose own lines show all requests.
 */
export function groupLine({ severity, kind, host, outcomes }: Group, isVerbose: boolean): Line {
  const [first, ...others] = outcomes;
  const like =
    host !== undefined || others.every(({ hint }) => hint === first.hint)
      ? 'likewise'
      : 'likewise (the hint of each: ocspbot explain NAME)';
  const likewise = others.length === 0 ? '' : `\n  ${like}: ${namesOf(others)}${firstEnd(outcomes)}`;
  const { text } = attention(severity, `${first.name}: ${kind}: ${first.message}${likewise}`, first.hint);
  return { severity, text: text + (isVerbose ? '' : lastRequest(first)), event: certificateEvent(outcomes) };
}

function lastRequest({ basis, exchanges }: Outcome): string {
  if (isGoodAnswer(basis)) return '';
  return diagnosis(exchanges.slice(-1))
    .map((line) => `\n  ${line}`)
    .join('');
}

/** Names the certificates with new responses: where a run has only its summary, this says what it did. */
export function updatedText(outcomes: readonly Outcome[]): string {
  const updated = outcomes.filter(({ kind }) => kind === 'updated');
  return updated.length === 0 ? '' : `; updated ${namesOf(updated)}`;
}

const NAMES_SHOWN = 10;

function listed(names: readonly string[]): string {
  return firstOf(names, NAMES_SHOWN);
}

function namesOf(outcomes: readonly Outcome[]): string {
  return listed(outcomes.map(({ name }) => name));
}

/** Names the staple in place that ends first. */
function firstEnd(outcomes: readonly Outcome[]): string {
  const ends = outcomes.flatMap(({ staple, name }) => (staple ? [{ name, end: staple.usefulUntil }] : []));
  const [first] = ends.sort((one, other) => one.end - other.end);
  return first === undefined
    ? ''
    : `; the first staple to end is that of ${first.name}: ${formatInstant(first.end)}`;
}
