import type { Instant } from '../../util/time.js';
import { byUrgency, type CertificateStatus, needsAttention } from '../snapshot.js';
import { attemptText, hostOf, actionText, short } from '../cell-words.js';
import { type Axis, bar, scale } from './axis.js';
import { html, type Markup } from './markup.js';

/** The class of a state: its colour. */
export function toneOf({ state, urgency }: Pick<CertificateStatus, 'state' | 'urgency'>): string {
  if (urgency !== 'none') return urgency;
  if (state === 'fresh') return 'good';
  return state === 'not-applicable' ? '' : 'calm';
}

const LEGEND = html`<p class="legend small faint">
  <span
    ><svg class="key" aria-hidden="true"><rect class="o" y="2" width="22" height="10" rx="3" /></svg>lifetime
    that is over</span
  >
  <span
    ><svg class="key" aria-hidden="true"><rect class="l" y="2" width="22" height="10" rx="3" /></svg>lifetime
    that is left</span
  >
  <span
    ><svg class="key" aria-hidden="true"><circle cx="11" /></svg>refresh is due</span
  >
  <span
    ><svg class="key" aria-hidden="true"><rect class="c" x="10" /></svg>attention is needed</span
  >
</p>`;

const SEARCH = html`<form class="search" role="search" hidden>
  <label for="q">Search</label
  ><input id="q" type="search" autocomplete="off" placeholder="name, state, service, issuer" /><output
    for="q"
    class="faint small"
  ></output>
</form>`;

/** Makes the timeline: a row for each certificate, the most urgent first. */
export function timeline(certificates: readonly CertificateStatus[], axis: Axis): Markup {
  const rows = byUrgency(certificates).map((one) => rowOf(one, axis));
  if (rows.length === 0)
    return html`<section>
      <h2>Staples</h2>
      <p>No certificate is shown.</p>
    </section>`;
  return html`<section aria-labelledby="staples">
    <h2 id="staples">Staples</h2>
    ${SEARCH}${LEGEND}
    <div class="head">
      <div>Certificate</div>
      <div class="life">${scale(axis)}</div>
      <div class="left">Left</div>
    </div>
    ${inLists(rows)}
  </section> `;
}

/** The rows of a list. A browser looks at a whole list only when it comes into sight. */
const LIST = 100;

function inLists(rows: readonly Markup[]): Markup[] {
  const count = Math.ceil(rows.length / LIST);
  const lists = Array.from({ length: count }, (_, index) => rows.slice(index * LIST, (index + 1) * LIST));
  return lists.map(
    (list) =>
      html`<ol class="rows${list.length === LIST ? ' full' : ''}">
        ${list}
      </ol>`,
  );
}

function rowOf(one: CertificateStatus, axis: Axis): Markup {
  const { name, state, staple, action } = one;
  const life = staple === undefined ? html`<p class="none">no usable staple</p>` : bar(staple, axis);
  const left = staple === undefined ? 'none' : short(staple.usefulUntil - axis.now);
  return html`<li class="row${needsAttention(one) ? ' ill' : ''}">
    <div class="who">
      <bdi>${name}</bdi> <span class="tag ${toneOf(one)}">${state}</span>
      <div class="facts">${factsOf(one, axis.now)}</div>
    </div>
    <div class="life">${life}</div>
    <div class="left">${left}<small>${actionText(action, axis.now)}</small></div>
  </li>`;
}

function factsOf({ services, identity, lastAttempt }: CertificateStatus, now: Instant): string {
  return [
    ...(services.length === 0 ? [] : [services.join(', ')]),
    ...(identity === undefined ? [] : [identity.issuer, identity.key]),
    ...(identity?.isMustStaple === true ? ['must-staple'] : []),
    ...(identity?.responder === undefined ? [] : [hostOf(identity.responder)]),
    ...(lastAttempt === undefined ? [] : [`last attempt: ${attemptText(lastAttempt, now)}`]),
  ].join(' · ');
}
