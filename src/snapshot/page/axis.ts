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
  return Math.round(Math.min(103, Math.max(-3, percent)) * 10) / 10;
}

/** Returns the places of a lifetime, each by the letter of its custom property in the style: from, until, refresh, critical. */
function placesOf({ from, usefulUntil, refreshAt, criticalAt }: StapleLife, axis: Axis): [string, number][] {
  const instants = { f: from, u: usefulUntil, r: refreshAt, c: criticalAt };
  return Object.entries(instants).map(([letter, instant]) => [letter, place(axis, instant)]);
}

/**
 * Draws the lifetime of a staple: what is over, what is left, and the times of refresh and attention. It is one element, and its
 * classes say the places: the policy of the page forbids the attribute `style`, and ten thousand drawings would take a browser
 * half of its time.
 */
export function bar(staple: StapleLife, axis: Axis): Markup {
  const classes = placesOf(staple, axis).map(([letter, percent]) => classOf(letter, percent));
  return html`<div class="bar ${classes.join(' ')}"></div>`;
}

/** Returns the rules of the classes that the bars have. */
export function placeRules(certificates: readonly CertificateStatus[], axis: Axis): string {
  const places = certificates.flatMap(({ staple }) => (staple === undefined ? [] : placesOf(staple, axis)));
  const rules = places.map(([letter, percent]) => `.${classOf(letter, percent)}{--${letter}:${percent}%}`);
  return [...new Set(rules)].join('');
}

/** Returns the class of a place, in tenths of a percent. */
function classOf(letter: string, percent: number): string {
  return `${letter}${Math.round(percent * 10)}`;
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
