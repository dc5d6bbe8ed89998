import type { Instant } from '../util/time.js';
import type { StapleLife } from './snapshot.js';

export const BAR_LEGEND = 'lifetime: = over, > now, - left, r refresh, c critical';

/** Draws the lifetime of a staple in so many columns: what is over, now, and the times of refresh and attention. */
export function lifetimeBar(staple: StapleLife, now: Instant, columns: number): string {
  const { from, usefulUntil, refreshAt, criticalAt } = staple;
  const inner = columns - 2;
  const length = Math.max(1, usefulUntil - from);
  const place = (instant: Instant) =>
    Math.min(inner - 1, Math.max(0, Math.floor(((instant - from) / length) * inner)));
  const over = place(now);
  const marks = [...'='.repeat(over), ...'-'.repeat(inner - over)];
  marks[place(criticalAt)] = 'c';
  marks[place(refreshAt)] = 'r';
  marks[over] = '>';
  return `[${marks.join('')}]`;
}
