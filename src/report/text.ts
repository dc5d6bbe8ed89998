import { UNASSIGNED } from '../configuration/model.js';
import { firstOf, shownCommand } from '../util/text.js';
import { formatInstant } from '../util/time.js';
import { diagnosis } from '../client/trace.js';
import type { Origin } from '../client/types.js';
import { liveResultText } from '../services/live-messages.js';
import { attemptsIn, type Outcome, originIn } from './outcome.js';
import type { Reload } from '../services/reload.js';

/*
 * The rules of the text: each certificate has one line; a warning or an error begins with its severity and is followed by
 * a hint; texts are in lower case without a full stop; times are in UTC.
 */

/** A line for people. Its severity decides whether it goes to the output or to the errors. */
export interface Line {
  readonly severity: 'info' | 'warning' | 'error';
  readonly text: string;
  /** The subject, for programs that read the log. */
  readonly event?: LogEvent;
}

/** The subject of a line. `outcome` and `reason` are stable codes. */
export interface LogEvent {
  readonly kind: 'certificate' | 'reload' | 'end';
  readonly certificates?: readonly string[];
  readonly service?: string;
  readonly outcome?: string;
  readonly reason?: string;
  readonly status?: number;
}

/** Makes the event of certificates with the same outcome. */
export function certificateEvent(outcomes: readonly [Outcome, ...Outcome[]]): LogEvent {
  const [{ kind: outcome, reason }] = outcomes;
  return { kind: 'certificate', certificates: outcomes.map(({ name }) => name), outcome, reason };
}

/** A part of a line of a table. Its tone is a colour where the output has colours. */
export interface Span {
  readonly text: string;
  readonly tone?: 'good' | 'doubtful' | 'bad' | 'faint' | undefined;
}

const WIDEST_NAME = 40;
const WIDEST_KIND = 'not-applicable'.length;

export function nameWidth(names: readonly string[]): number {
  return names.reduce((widest, { length }) => Math.max(widest, Math.min(length, WIDEST_NAME)), 0);
}

export type ShownKind = Outcome['kind'] | 'would update';

/** Names the kind of an outcome in a text. */
export function shownKind({ kind, reason }: Outcome): ShownKind {
  return reason === 'dry-run' ? 'would update' : kind;
}

/** Describes the outcome of a certificate without trouble. Troubles are told in groups (troubles.ts). */
export function outcomeLines(outcome: Outcome, width: number): Line[] {
  const text = `${outcome.name.padEnd(width)}  ${shownKind(outcome).padEnd(WIDEST_KIND)}  ${outcome.message}`;
  return [{ severity: 'info', text, event: certificateEvent([outcome]) }, ...warningLines(outcome)];
}

export function warningLines({ name, warnings, alarms }: Outcome): Line[] {
  return [
    ...alarms.map((alarm) => attention('error', `${name}: ${alarm}`)),
    ...warnings.map((warning) => attention('warning', `${name}: ${warning}`)),
  ];
}

/** Makes the lines that `--verbose` adds to an outcome. */
export function verboseLines(outcome: Outcome): Line[] {
  const { file, staple, services, exchanges } = outcome;
  const origin = originIn(outcome);
  const named = services.filter((name) => name !== UNASSIGNED);
  const details = [
    `file ${file}`,
    ...(origin === undefined ? [] : [originText(origin)]),
    ...attemptsIn(outcome).map((text) => `asked ${text}`),
    ...(staple === undefined
      ? []
      : [`thisUpdate ${formatInstant(staple.thisUpdate)}, signed by ${staple.signer}`]),
    ...(named.length === 0 ? [] : [`services ${named.join(', ')}`]),
  ];
  const remarks = (staple?.remarks ?? []).map((remark) => `remark: ${remark}`);
  const asked = diagnosis(exchanges);
  return [...details, ...remarks, ...asked].map((text) => ({ severity: 'info', text: `  ${text}` }));
}

function originText(origin: Origin): string {
  return origin.kind === 'responder' ? `responder ${origin.url}` : `given ${origin.name}`;
}

/** Describes the reload of a service, with the last output of its command or the results of the live check. */
export function reloadLines(reload: Reload): Line[] {
  const { service, kind: outcome } = reload;
  const event = { kind: 'reload', service, outcome } as const;
  if (reload.kind === 'failed') {
    const output = reload.output.map((line) => `\n  | ${line}`).join('');
    return [{ ...attention('error', `${service}: ${reload.message}${output}`, reload.hint), event }];
  }
  if (reload.kind === 'left')
    return [{ ...attention('warning', `${service}: ${reload.message}`, reload.hint), event }];
  const what = reload.kind === 'pushed' ? `given ${counted(reload.responses, 'response')}` : 'reloaded';
  const live = reload.live.map((result): Line => ({
    severity: 'info',
    text: `${service}  ${liveResultText(result)}`,
  }));
  const warnings =
    reload.warning === undefined ? [] : [attention('warning', `${service}: ${reload.warning}`)];
  return [...warnings, { severity: 'info', text: `${service}  ${what}`, event }, ...live];
}

/** Formats a warning or an error, the same way everywhere. */
export function attention(severity: 'warning' | 'error', text: string, hint?: string): Line {
  return { severity, text: `${severity}: ${text}${hint === undefined ? '' : `\n  hint: ${hint}`}` };
}

/** The lines of one kind that are shown. */
const LINES_SHOWN = 10;

/** Formats the first warnings or errors about a configuration: one mistake may concern thousands of folders. */
export function firstLines(severity: 'warning' | 'error', texts: readonly string[], file: string): Line[] {
  const lines = texts.slice(0, LINES_SHOWN).map((text) => attention(severity, text));
  const left = texts.length - lines.length;
  if (left === 0) return lines;
  const all = shownCommand(['ocspbot', 'validate', file]);
  return [...lines, attention(severity, `and ${left} more`, `see all with: ${all}`)];
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const NAMES_SHOWN = 10;

/** Lists the first of many names, and says how many more there are. */
export function listed(names: readonly string[]): string {
  return firstOf(names, NAMES_SHOWN);
}

export function namesOf(outcomes: readonly Outcome[]): string {
  return listed(outcomes.map(({ name }) => name));
}
