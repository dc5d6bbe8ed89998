import { UNASSIGNED } from '../configuration/model.js';
import { formatInstant } from '../time/instant.js';
import { urgencyOf, type Outcome } from './outcome.js';
import type { Reload } from '../services/reload.js';
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
  const isTrouble = outcome.kind === 'deferred' || outcome.kind === 'failed' || outcome.kind === 'revoked';
  const warnings = outcome.warnings.map((warning) => attention('warning', `${outcome.name}: ${warning}`));
  if (!isTrouble) {
    const text = `${outcome.name.padEnd(width)}  ${outcome.kind.padEnd(WIDEST_KIND)}  ${outcome.message}`;
    return [{ severity: 'info', text }, ...warnings];
  }
  const text = `${outcome.name}: ${outcome.kind}: ${outcome.message}`;
  return [attention(urgency === 'person' ? 'error' : 'warning', text, outcome.hint), ...warnings];
}

/** What a line of outcome leaves out. */
export function verboseLines({ file, responder, given, attempts = [], staple, services }: Outcome): Line[] {
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
  return [...details, ...remarks].map((text) => ({ severity: 'info', text: `  ${text}` }));
}

/** Of a service, with the end of what its command wrote. */
export function reloadLine(reload: Reload): Line {
  if (reload.kind === 'reloaded') return { severity: 'info', text: `${reload.service}  reloaded` };
  const output = reload.output.map((line) => `\n  | ${line}`).join('');
  return attention('error', `${reload.service}: ${reload.message}${output}`, reload.hint);
}

/** What the text of a warning or an error looks like everywhere. */
export function attention(severity: 'warning' | 'error', text: string, hint?: string): Line {
  return { severity, text: `${severity}: ${text}${hint === undefined ? '' : `\n  hint: ${hint}`}` };
}

export function summaryLines(report: RunReport): Line[] {
  const owed = report.owedBefore.length === 0 ? [] : [owedLine(report)];
  const warnings = report.warnings.map((text) => attention('warning', text));
  return [...warnings, ...owed, { severity: 'info', text: summary(report) }];
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

function summary({ outcomes, notReached, reloads, reload, status, dryRun }: RunReport): string {
  const counts = KINDS.map((kind) => ({
    kind,
    count: outcomes.filter((outcome) => outcome.kind === kind).length,
  }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${kind}`);
  if (notReached.length > 0) counts.push(`${notReached.length} not looked at (stop_on_error)`);
  const done = reloads.flatMap(({ kind, service }) => (kind === 'reloaded' ? [service] : []));
  const certificates = `${outcomes.length} certificate${outcomes.length === 1 ? '' : 's'}`;
  return [
    `${certificates}: ${counts.join(', ') || 'none'}`,
    ...(done.length === 0 ? [] : [`reloaded ${list(done)}`]),
    ...(reload.length === 0 ? [] : [`reload ${list(reload)}`]),
    ...(done.length + reload.length > 0 ? [] : [dryRun ? 'nothing was written' : 'nothing to reload']),
    `status ${status}`,
  ].join('; ');
}

function list(services: readonly string[]): string {
  return services.map((name) => (name === UNASSIGNED ? 'the service of bit 1' : name)).join(', ');
}
