import type { Span } from '../report/text.js';
import type { Instant } from '../util/time.js';
import { actionText, attemptText, hostOf, minute, short } from './cell-words.js';
import { lifetimeBar } from './lifetime-bar.js';
import type { CertificateStatus, State } from './snapshot.js';

type Tone = NonNullable<Span['tone']>;

/** A column of the table. */
export interface Column {
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

const STATE: Column = { title: 'state', cell: ({ state }) => state, widest: 14, tone: toneOfState };

const LEFT: Column = {
  title: 'left',
  cell: ({ staple }, now) => (staple ? short(staple.usefulUntil - now) : '-'),
  widest: 8,
};

export const BAR: Column = {
  title: 'lifetime',
  cell: ({ staple }, now, width) => (staple ? lifetimeBar(staple, now, width) : ''),
  widest: 20,
};

const ACTION: Column = { title: 'a run now', cell: ({ action }, now) => actionText(action, now), widest: 28 };

/** The columns that every table has. */
export const ALWAYS: readonly Column[] = [NAME, STATE, LEFT, BAR, ACTION];

/** The columns that the narrowest tables do without, the first to go first. */
export const EXPENDABLE: readonly Column[] = [BAR, ACTION, LEFT];

/** The columns that become narrower where there is no room for all, step by step. */
export const SHRINKING: readonly (readonly [Column, narrowest: number])[] = [
  [BAR, 12],
  [ACTION, 18],
  [NAME, 16],
  [ACTION, 10],
  [NAME, 8],
  [STATE, 10],
];

/** The greatest width of the bar where there is more room than the columns need. */
export const WIDEST_BAR = 40;

/** The columns that wide terminals show in addition, in the order in which room is given to them. */
export const FURTHER: readonly Column[] = [
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
