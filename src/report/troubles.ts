import { diagnosis } from '../client/trace.js';
import { formatInstant } from '../util/time.js';
import { type Basis, type Outcome, originIn, urgencyOf } from './outcome.js';
import { attention, certificateEvent, type Line, namesOf } from './text.js';

/** Certificates with the same trouble, which share one paragraph. */
export interface Group {
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

/** Reports whether an outcome is told in a group, and not in a line of its own. */
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

function hostOf(outcome: Outcome): string | undefined {
  if (isGoodAnswer(outcome.basis)) return undefined;
  const url = responderIn(outcome) ?? outcome.exchanges.at(-1)?.url;
  return url === undefined ? undefined : new URL(url).host;
}

function responderIn({ basis }: Outcome): string | undefined {
  if (basis.kind === 'earlier-attempt') return basis.responder;
  const origin = originIn({ basis });
  return origin?.kind === 'responder' ? origin.url : undefined;
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

/** Names the staple in place that ends first. */
function firstEnd(outcomes: readonly Outcome[]): string {
  const ends = outcomes.flatMap(({ staple, name }) => (staple ? [{ name, end: staple.usefulUntil }] : []));
  const [first] = ends.sort((one, other) => one.end - other.end);
  return first === undefined
    ? ''
    : `; the first staple to end is that of ${first.name}: ${formatInstant(first.end)}`;
}
