import { DAY, formatInstant, HOUR, type Instant } from '../../util/time.js';
import type { CertificateStatus, StapleLife } from '../snapshot.js';
import { html, type Markup } from './markup.js';

/** The common time axis of all bars. */
export interface Axis {
  readonly from: Instant;
  readonly to: Instant;
  readonly now: Instant;
}

/** The axis never shows more than this before and after now. A longer bar is cut off at the edge. */
const WIDEST = 15 * DAY;

export function axisOf(certificates: readonly CertificateStatus[], now: Instant): Axis {
  let before = HOUR;
  let after = HOUR;
  for (const { staple } of certificates) {
    if (staple === undefined) continue;
    before = Math.max(before, now - staple.from);
    after = Math.max(after, staple.usefulUntil - now);
  }
  const room = (length: number) => Math.min(WIDEST, length) * 1.04;
  return { now, from: now - room(before), to: now + room(after) };
}

/** Returns the place of an instant in percent. Places off the axis are just outside of it. */
export function place({ from, to }: Axis, instant: Instant): number {
  const percent = ((instant - from) / (to - from)) * 100;
  return Math.round(Math.min(103, Math.max(-3, percent)) * 100) / 100;
}

/** Draws the lifetime of a staple: what is over, what is left, and the times of refresh and attention. */
export function bar(staple: StapleLife, axis: Axis): Markup {
  const [from, now, until] = [staple.from, axis.now, staple.usefulUntil].map((one) => place(axis, one)) as [
    number,
    number,
    number,
  ];
  const [refresh, critical] = [place(axis, staple.refreshAt), place(axis, staple.criticalAt)];
  const over = Math.max(0, Math.round((now - from) * 100) / 100);
  const life = Math.max(0, Math.round((until - from) * 100) / 100);
  return html`<svg class="bar" aria-hidden="true">
    <rect class="l" x="${from}%" width="${life}%" />
    <rect class="o" x="${from}%" width="${over}%" />
    <circle cx="${refresh}%" />
    <rect class="c" x="${critical}%" />
  </svg>`;
}

const STEPS = [HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 10 * DAY];
const TICKS = 7;

/** Draws the scale: days or hours in UTC, and now. */
export function scale(axis: Axis): Markup {
  const step = STEPS.find((length) => (axis.to - axis.from) / length <= TICKS) ?? 10 * DAY;
  const first = Math.ceil(axis.from / step) * step;
  const ticks: Markup[] = [];
  for (let at = first; at < axis.to; at += step) {
    const x = place(axis, at);
    const isNearEdge = x < 4 || x > 96 || Math.abs(x - place(axis, axis.now)) < 8;
    ticks.push(html`<rect class="t" x="${x}%" />`);
    if (!isNearEdge) ticks.push(html`<text x="${x}%" y="13">${tickText(at, step)}</text>`);
  }
  const now = place(axis, axis.now);
  return html`<svg class="scale" aria-hidden="true">
    ${ticks}
    <text class="n" x="${now}%" y="13">now</text>
  </svg>`;
}

function tickText(at: Instant, step: number): string {
  const text = formatInstant(at);
  return step < DAY ? text.slice(11, 16) : text.slice(5, 10);
}
