import { UNASSIGNED, UNASSIGNED_BIT } from '../configuration/model.js';
import { formatInstant } from '../time/instant.js';
import { diagnosis } from './exchanges.js';
import { sightText } from './live.js';
import { urgencyOf, type Outcome } from './outcome.js';
import type { Reload } from '../services/reload-outcome.js';
import type { RunReport } from './run-report.js';

/*
 * Rules of the text: one line a certificate; what needs attention begins with its severity and is followed by a
 * hint; lower case, no full stop; times in UTC.
 */

/** A line for people, and whether it belongs to the output or to the errors. */
export interface Line {
  readonly severity: 'info' | 'warning' | 'error';
  readonly text: string;
}

const WIDEST_NAME = 40;
const WIDEST_KIND = 'not-applicable'.length;

export function nameWidth(names: readonly string[]): number {
  return names.reduce((widest, { length }) => Math.max(widest, Math.min(length, WIDEST_NAME)), 0);
}

export function outcomeLines(outcome: Outcome, width: number, strict: boolean): Line[] {
  const urgency = urgencyOf(outcome, strict);
  const warnings = outcome.warnings.map((warning) => attention('warning', `${outcome.name}: ${warning}`));
  if (!isTrouble(outcome)) {
    const text = `${outcome.name.padEnd(width)}  ${outcome.kind.padEnd(WIDEST_KIND)}  ${outcome.message}`;
    return [{ severity: 'info', text }, ...warnings];
  }
  const severity = urgency === 'person' ? 'error' : 'warning';
  const { text } = attention(severity, `${outcome.name}: ${outcome.kind}: ${outcome.message}`, outcome.hint);
  // Of several that failed the last one: `--verbose` has the others.
  const asked = diagnosis(outcome.exchanges?.slice(-1) ?? []).map((line) => `\n  ${line}`);
  return [{ severity, text: text + asked.join('') }, ...warnings];
}

function isTrouble({ kind }: Outcome): boolean {
  return kind === 'deferred' || kind === 'failed' || kind === 'revoked';
}

/** What a line of outcome leaves out. */
export function verboseLines(outcome: Outcome): Line[] {
  const { file, responder, given, staple, services, attempts = [], exchanges = [] } = outcome;
  const named = services.filter((name) => name !== UNASSIGNED);
  const details = [
    `file ${file}`,
    ...(responder === undefined ? [] : [`responder ${responder}`]),
    ...(given === undefined ? [] : [`given ${given}`]),
    ...attempts.map((text) => `asked ${text}`),
    ...(staple === undefined
      ? []
      : [`thisUpdate ${formatInstant(staple.thisUpdate)}, signed by ${staple.signer}`]),
    ...(named.length === 0 ? [] : [`services ${named.join(', ')}`]),
  ];
  const remarks = (staple?.remarks ?? []).map((remark) => `remark: ${remark}`);
  const asked = diagnosis(isTrouble(outcome) ? exchanges.slice(0, -1) : exchanges);
  return [...details, ...remarks, ...asked].map((text) => ({ severity: 'info', text: `  ${text}` }));
}

/** Of a service, with the end of what its command wrote, or with what visitors get. */
export function reloadLines(reload: Reload): Line[] {
  const { service } = reload;
  if (reload.kind === 'failed') {
    const output = reload.output.map((line) => `\n  | ${line}`).join('');
    return [attention('error', `${service}: ${reload.message}${output}`, reload.hint)];
  }
  if (reload.kind === 'left') return [attention('warning', `${service}: ${reload.message}`, reload.hint)];
  const what = reload.kind === 'pushed' ? `given ${counted(reload.responses, 'response')}` : 'reloaded';
  const live = reload.live.map((sight): Line => ({
    severity: 'info',
    text: `${service}  ${sightText(sight)}`,
  }));
  const warnings =
    reload.warning === undefined ? [] : [attention('warning', `${service}: ${reload.warning}`)];
  return [...warnings, { severity: 'info', text: `${service}  ${what}` }, ...live];
}

/** What the text of a warning or an error looks like everywhere. */
export function attention(severity: 'warning' | 'error', text: string, hint?: string): Line {
  return { severity, text: `${severity}: ${text}${hint === undefined ? '' : `\n  hint: ${hint}`}` };
}

export function summaryLines(report: RunReport): Line[] {
  const owed = report.owedBefore.length === 0 ? [] : [owedLine(report)];
  const warnings = report.warnings.map((text) => attention('warning', text));
  return [...warnings, ...stoppedLines(report), ...owed, { severity: 'info', text: summary(report) }];
}

function stoppedLines({ stopped, notReached }: RunReport): Line[] {
  if (stopped === undefined) return [];
  const left = notReached.length === 0 ? '' : `; not looked at: ${listed(notReached)}`;
  return [attention(left === '' ? 'warning' : 'error', stopped.message + left, stopped.hint)];
}

const NAMES_SHOWN = 10;

function listed(names: readonly string[]): string {
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '';
  return names.slice(0, NAMES_SHOWN).join(', ') + more;
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

function summary(report: RunReport): string {
  const { outcomes, notReached, stopped, reloads, reload, status, dryRun } = report;
  const counts = KINDS.map((kind) => ({
    kind,
    count: outcomes.filter((outcome) => outcome.kind === kind).length,
  }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${kind}`);
  if (notReached.length > 0)
    counts.push(`${notReached.length} not looked at (${stopped?.code ?? 'stop_on_error'})`);
  const named = (wanted: Reload['kind']) =>
    reloads.flatMap(({ kind, service }) => (kind === wanted ? [service] : []));
  const [reloaded, pushed] = [named('reloaded'), named('pushed')];
  return [
    `${counted(outcomes.length, 'certificate')}: ${counts.join(', ') || 'none'}`,
    ...(reloaded.length === 0 ? [] : [`reloaded ${list(reloaded)}`]),
    ...(pushed.length === 0 ? [] : [`given to ${list(pushed)}`]),
    ...(reload.length === 0 ? [] : [`reload ${list(reload)}`]),
    ...(reloaded.length + pushed.length + reload.length > 0
      ? []
      : [dryRun ? 'nothing was written' : 'nothing to reload']),
    `status ${status}`,
  ].join('; ');
}

function list(services: readonly string[]): string {
  return services
    .map((name) =>
      name === UNASSIGNED ? `what uses the certificates of no service (bit ${UNASSIGNED_BIT})` : name,
    )
    .join(', ');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
