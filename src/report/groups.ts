import { formatInstant } from '../time/instant.js';
import { diagnosis } from './exchanges.js';
import { urgencyOf, type Outcome } from './outcome.js';
import { attention, type Line } from './text.js';

/** Certificates with one trouble in common. They are told in one paragraph. */
export interface Group {
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

export function listed(names: readonly string[]): string {
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
