import { UNASSIGNED } from '../../configuration/model.js';
import { formatAge, formatInstant, type Instant } from '../../util/time.js';
import type { ServiceStatus, Snapshot } from '../snapshot.js';
import { html, type Markup } from './markup.js';

/** Makes the table of services and their reloads. */
export function servicesTable({ services, now, reloads }: Snapshot): Markup {
  const rows = services.map(
    (one) =>
      html`<tr>
        <th scope="row"><bdi>${nameOf(one)}</bdi></th>
        <td>${pendingTag(one)}</td>
        <td>${lastReload(reloads.get(one.name), now)}</td>
        <td>${one.certificates}</td>
        <td>${one.exitBit}</td>
      </tr> `,
  );
  const content =
    rows.length === 0
      ? html`<p class="faint">No service is configured.</p>`
      : html`<div class="scroll" tabindex="0" role="region" aria-labelledby="services">
          <table>
            <thead>
              <tr>
                <th scope="col">Service</th>
                <th scope="col">Reload</th>
                <th scope="col">Last reload</th>
                <th scope="col">Certificates</th>
                <th scope="col">Exit bit</th>
              </tr>
            </thead>
            <tbody>
              ${rows}
            </tbody>
          </table>
        </div>`;
  return html`<section>
    <h2 id="services">Services</h2>
    ${content}
  </section>`;
}

function nameOf({ name }: ServiceStatus): string {
  return name === UNASSIGNED ? 'certificates of no service' : name;
}

function pendingTag({ isPending }: ServiceStatus): Markup {
  return isPending
    ? html`<span class="tag warning">pending</span>`
    : html`<span class="tag good">none pending</span>`;
}

/** The outcomes of reloads in words. */
const RELOADS: Readonly<Record<string, string>> = {
  reported: 'left to the caller',
  reloaded: 'reloaded',
  pushed: 'given to HAProxy',
  failed: 'failed',
  left: 'not reached',
};

function lastReload(
  reload: { readonly at: Instant; readonly outcome: string } | undefined,
  now: Instant,
): Markup {
  if (reload === undefined) return html`<span class="faint">none is known</span>`;
  const { at, outcome } = reload;
  return html`${RELOADS[outcome] ?? outcome},
    <time datetime="${formatInstant(at)}">${formatAge(at, now)}</time>`;
}
