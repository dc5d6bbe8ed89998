import { DAY, formatInstant, type Instant } from '../../util/time.js';
import type { DayCounts } from '../../state/attempts.js';
import type { Snapshot } from '../snapshot.js';
import { html, type Markup } from './markup.js';

/** The days that the page shows. */
const DAYS = 42;

interface Day extends DayCounts {
  readonly day: string;
}

/** Makes the chart of the renewals of the last weeks, and the same numbers as a table. */
export function renewals({ days, now }: Snapshot): Markup {
  const shown = Array.from({ length: DAYS }, (_, index): Day => {
    const day = dayOf(now - (DAYS - 1 - index) * DAY);
    return { day, ...(days.get(day) ?? { renewed: 0, failed: 0 }) };
  });
  const known = shown.filter(({ renewed, failed }) => renewed + failed > 0);
  const sum = (read: (one: Day) => number) => known.reduce((total, one) => total + read(one), 0);
  const content =
    known.length === 0
      ? html`<p class="faint">No attempt of the last six weeks is known.</p>`
      : html`<p class="small faint">
            ${sum(({ renewed }) => renewed)} renewed, ${sum(({ failed }) => failed)} failed attempts in six
            weeks
          </p>
          ${chart(shown)}
          <details>
            <summary>The numbers of each day</summary>
            <div class="scroll" tabindex="0" role="region" aria-label="Renewals of each day">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Day (UTC)</th>
                    <th scope="col">Renewed</th>
                    <th scope="col">Failed attempts</th>
                  </tr>
                </thead>
                <tbody>
                  ${known.toReversed().map(
                    ({ day, renewed, failed }) =>
                      html`<tr>
                        <th scope="row">${day}</th>
                        <td>${renewed}</td>
                        <td>${failed}</td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>
          </details>`;
  return html`<section>
    <h2>Renewals</h2>
    ${content}
  </section>`;
}

function dayOf(instant: Instant): string {
  return formatInstant(instant).slice(0, 10);
}

const HEIGHT = 80;

function chart(shown: readonly Day[]): Markup {
  const most = Math.max(1, ...shown.map(({ renewed, failed }) => renewed + failed));
  const width = 100 / DAYS;
  const height = (count: number) => Math.round(((count / most) * HEIGHT + Number.EPSILON) * 10) / 10;
  const column = ({ renewed, failed }: Day, index: number) => {
    const [x, w] = [(index * width).toFixed(2), (width * 0.72).toFixed(2)];
    const [good, bad] = [height(renewed), height(failed)];
    return html`<rect class="u" x="${x}%" width="${w}%" y="${HEIGHT - good}" height="${good}" /><rect
        class="f"
        x="${x}%"
        width="${w}%"
        y="${HEIGHT - good - bad}"
        height="${bad}"
      />`;
  };
  const [first, last] = [shown[0]?.day.slice(5), shown.at(-1)?.day.slice(5)];
  return html`<svg class="days" aria-hidden="true">
    <rect class="b" width="100%" y="${HEIGHT}" height="1" />
    ${shown.map(column)}
    <text y="${HEIGHT + 17}">${first}</text>
    <text x="100%" y="${HEIGHT + 17}" text-anchor="end">${last}</text>
  </svg>`;
}
