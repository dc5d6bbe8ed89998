import type { Span } from '../report/text.js';
import { columnsOf, fit } from '../util/columns.js';
import { visible } from '../util/text.js';
import { type Duration, formatAge, formatDuration, formatInstant, type Instant } from '../util/time.js';
import { BAR_LEGEND, lifetimeBar } from './lifetime-bar.js';
import type { Action, CertificateStatus, State } from './snapshot.js';

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
const ACTION: Column = { title: 'a run now', cell: ({ action }, now) => actionText(action, now), widest: 28 };

const STATE: Column = { title: 'state', cell: ({ state }) => state, widest: 14, tone: toneOfState };
const LEFT: Column = {
  title: 'left',
  cell: ({ staple }, now) => (staple ? short(staple.usefulUntil - now) : '-'),
  widest: 8,
};

/** The columns that every table has. */
const ALWAYS: readonly Column[] = [NAME, STATE, LEFT, BAR, ACTION];

/** The columns that the narrowest tables do without, the first to go first. */
const EXPENDABLE: readonly Column[] = [BAR, ACTION, LEFT];

/** The columns that become narrower where there is no room for all, step by step. */
const SHRINKING: readonly (readonly [Column, narrowest: number])[] = [
  [BAR, 12],
  [ACTION, 18],
  [NAME, 16],
  [ACTION, 10],
  [NAME, 8],
  [STATE, 10],
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
  const sized = layOut(certificates, now, width);
  const head = sized.map(({ column, columns }): Span => ({
    text: fit(column.title, columns),
    tone: 'faint',
  }));
  const rows = certificates.map((one) =>
    sized.map(({ column, columns }): Span => {
      const text = fit(column.cell(one, now, columns), columns);
      return { text, tone: column.tone?.(one) };
    }),
  );
  const legend: Span[][] = sized.some(({ column }) => column === BAR)
    ? [[{ text: BAR_LEGEND, tone: 'faint' }]]
    : [];
  return [...[head, ...rows].map(separated), ...legend];
}

interface SizedColumn {
  readonly column: Column;
  columns: number;
}

const GAP = 2;

function layOut(
  certificates: readonly CertificateStatus[],
  now: Instant,
  width: number,
): readonly SizedColumn[] {
  const natural = (column: Column) => {
    const cells = certificates.map((one) => columnsOf(visible(column.cell(one, now, column.widest))));
    return cells.reduce((one, other) => Math.max(one, Math.min(column.widest, other)), column.title.length);
  };
  const sized = chosen(
    ALWAYS.map((column) => ({ column, columns: natural(column) })),
    width,
  );
  for (const column of FURTHER) {
    // A column is at least as wide as its title. Its natural width costs a cell of each certificate.
    if (column.title.length + GAP > spareIn(sized, width)) continue;
    const columns = natural(column);
    if (columns + GAP <= spareIn(sized, width)) sized.push({ column, columns });
  }
  const bar = sized.find(({ column, columns }) => column === BAR && columns === BAR.widest);
  if (bar !== undefined) bar.columns = Math.min(WIDEST_BAR, bar.columns + spareIn(sized, width));
  return sized;
}

/** Returns the columns that every table has with their widths, or as many of them as there is room for. */
function chosen(all: readonly SizedColumn[], width: number): SizedColumn[] {
  const fewer = [0, 1, 2, 3].map((count) => EXPENDABLE.slice(0, count));
  const layouts = fewer.map((gone) =>
    shrunk(
      all.filter(({ column }) => !gone.includes(column)),
      width,
    ),
  );
  return layouts.find((sized) => spareIn(sized, width) >= 0) ?? (layouts.at(-1) as SizedColumn[]);
}

function shrunk(natural: readonly SizedColumn[], width: number): SizedColumn[] {
  const sized = natural.map((one) => ({ ...one }));
  for (const [shrinking, narrowest] of SHRINKING) {
    const found = sized.find(({ column }) => column === shrinking);
    const spare = spareIn(sized, width);
    if (found !== undefined && spare < 0)
      found.columns = Math.min(found.columns, Math.max(narrowest, found.columns + spare));
  }
  return sized;
}

function spareIn(sized: readonly SizedColumn[], width: number): number {
  return sized.reduce((left, { columns }) => left - columns - GAP, width + GAP);
}

function separated(cells: readonly Span[]): Span[] {
  const last = cells.length - 1;
  return cells.map(({ text, tone }, index) => ({
    text: index === last ? text.trimEnd() : text + ' '.repeat(GAP),
    tone,
  }));
}

/** Says in few words what a run would do now. */
export function actionText({ kind, reason, next }: Action, now: Instant): string {
  switch (kind) {
    case 'keep':
      return next === undefined ? 'keeps it' : `keeps it for ${short(next - now)}`;
    case 'fetch':
      return `fetches (${reason})`;
    case 'rewrite':
      return 'rewrites it';
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
  return `${what} ${shortened(formatAge(attempt.at, now))}`;
}

/** Formats a duration in few columns: `6d 22h`. */
export function short(duration: Duration): string {
  return shortened(formatDuration(duration));
}

function shortened(text: string): string {
  return text.replaceAll(/(\d+) (.)[a-z]+/g, '$1$2');
}

export function hostOf(url: string | undefined): string {
  return url === undefined ? '-' : URL.canParse(url) ? new URL(url).host : url;
}

function minute(instant: Instant | undefined): string {
  return instant === undefined ? '-' : `${formatInstant(instant).slice(0, 16)}Z`;
}
