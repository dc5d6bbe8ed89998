import type { Span } from '../report/text.js';
import { columnsOf, fit } from '../util/columns.js';
import { visible } from '../util/text.js';
import { type Duration, formatDuration, formatInstant, type Instant } from '../util/time.js';
import { lifetimeBar } from './lifetime-bar.js';
import type { CertificateStatus, Plan, State } from './snapshot.js';

type Tone = NonNullable<Span['tone']>;

/** A column of the table. */
interface Column {
  readonly title: string;
  cell(one: CertificateStatus, now: Instant, width: number): string;
  /** The greatest width; the name takes what is left. */
  readonly widest: number;
  tone?(one: CertificateStatus): Tone | undefined;
}

const TONES: Readonly<Record<CertificateStatus['urgency'], Tone | undefined>> = {
  person: 'bad',
  warning: 'doubtful',
  none: undefined,
};

const NAME: Column = {
  title: 'name',
  cell: ({ name }) => name,
  widest: 60,
  tone: ({ urgency }) => TONES[urgency],
};
const BAR: Column = {
  title: 'lifetime',
  cell: ({ staple }, now, width) => (staple ? lifetimeBar(staple, now, width) : ''),
  widest: 20,
};
const PLAN: Column = { title: 'a run now', cell: ({ plan }, now) => planText(plan, now), widest: 28 };

/** The columns that every table has. */
const ALWAYS: readonly Column[] = [
  NAME,
  { title: 'state', cell: ({ state }) => state, widest: 14, tone: toneOfState },
  { title: 'left', cell: ({ staple }, now) => (staple ? short(staple.usefulUntil - now) : '-'), widest: 8 },
  BAR,
  PLAN,
];

/** The columns that become narrower where there is no room for all, step by step. */
const SHRINKING: readonly (readonly [Column, narrowest: number])[] = [
  [BAR, 12],
  [PLAN, 18],
  [NAME, 16],
  [PLAN, 10],
  [NAME, 8],
];

/** The greatest width of the bar where there is more room than the columns need. */
const WIDEST_BAR = 40;

/** The columns that wide terminals show in addition, in the order in which room is given to them. */
const FURTHER: readonly Column[] = [
  { title: 'service', cell: ({ services }) => services.join(',') || '-', widest: 16 },
  { title: 'last attempt', cell: ({ lastAttempt }, now) => attemptText(lastAttempt, now), widest: 26 },
  { title: 'issuer', cell: ({ identity }) => identity?.issuer ?? '-', widest: 20 },
  { title: 'must-staple', cell: ({ identity }) => (identity?.isMustStaple ? 'yes' : ''), widest: 11 },
  { title: 'key', cell: ({ identity }) => identity?.key ?? '-', widest: 14 },
  { title: 'responder', cell: ({ identity }) => hostOf(identity?.responder), widest: 28 },
  { title: 'this update', cell: ({ staple }) => minute(staple?.thisUpdate), widest: 17 },
  { title: 'next update', cell: ({ staple }) => minute(staple?.nextUpdate), widest: 17 },
];

function toneOfState({ state, urgency }: CertificateStatus): Tone | undefined {
  const good: readonly State[] = ['fresh', 'due', 'waiting'];
  return TONES[urgency] ?? (good.includes(state) ? 'good' : 'faint');
}

/** Formats certificates as a table that fits into so many columns. */
export function tableLines(
  certificates: readonly CertificateStatus[],
  now: Instant,
  width: number,
): Span[][] {
  if (certificates.length === 0) return [];
  const places = layOut(certificates, now, width);
  const head = places.map(({ column, columns }): Span => ({
    text: fit(column.title, columns),
    tone: 'faint',
  }));
  const rows = certificates.map((one) =>
    places.map(({ column, columns }): Span => {
      const text = fit(column.cell(one, now, columns), columns);
      return { text, tone: column.tone?.(one) };
    }),
  );
  return [head, ...rows].map(separated);
}

interface Place {
  readonly column: Column;
  columns: number;
}

const GAP = 2;

function layOut(certificates: readonly CertificateStatus[], now: Instant, width: number): readonly Place[] {
  const natural = (column: Column) => {
    const cells = certificates.map((one) => columnsOf(visible(column.cell(one, now, column.widest))));
    return cells.reduce((one, other) => Math.max(one, Math.min(column.widest, other)), column.title.length);
  };
  const places: Place[] = ALWAYS.map((column) => ({ column, columns: natural(column) }));
  const spare = () => places.reduce((left, { columns }) => left - columns - GAP, width + GAP);
  for (const [shrinking, narrowest] of SHRINKING) {
    const place = places.find(({ column }) => column === shrinking);
    if (place !== undefined && spare() < 0)
      place.columns = Math.min(place.columns, Math.max(narrowest, place.columns + spare()));
  }
  for (const column of FURTHER) {
    const columns = natural(column);
    if (columns + GAP <= spare()) places.push({ column, columns });
  }
  const bar = places.find(({ column, columns }) => column === BAR && columns === BAR.widest);
  if (bar !== undefined) bar.columns = Math.min(WIDEST_BAR, bar.columns + spare());
  return places;
}

function separated(cells: readonly Span[]): Span[] {
  const last = cells.length - 1;
  return cells.map(({ text, tone }, index) => ({
    text: index === last ? text.trimEnd() : text + ' '.repeat(GAP),
    tone,
  }));
}

/** Says in few words what a run would do now. */
export function planText({ action, reason, next }: Plan, now: Instant): string {
  switch (action) {
    case 'keep':
      return next === undefined ? 'keeps it' : `keeps it for ${short(next - now)}`;
    case 'fetch':
      return `fetches (${reason})`;
    case 'wait':
      return next === undefined ? 'waits' : `asks in ${short(next - now)}`;
    case 'fail':
      return `fails: ${reason}`;
    case 'nothing':
      return reason;
  }
}

export function attemptText(attempt: CertificateStatus['lastAttempt'], now: Instant): string {
  if (attempt === undefined) return '-';
  const what = attempt.isFailure ? attempt.reason : attempt.outcome;
  return `${what} ${short(now - attempt.at)} ago`;
}

/** Formats a duration in few columns: `6d 22h`. */
export function short(duration: Duration): string {
  return formatDuration(duration).replaceAll(/(\d+) (.)[a-z]+/g, '$1$2');
}

export function hostOf(url: string | undefined): string {
  return url === undefined ? '-' : URL.canParse(url) ? new URL(url).host : url;
}

function minute(instant: Instant | undefined): string {
  return instant === undefined ? '-' : `${formatInstant(instant).slice(0, 16)}Z`;
}
