import { createHash } from 'node:crypto';
import { counted } from '../report/text.js';
import { formatAge, formatInstant } from '../util/time.js';
import { VERSION } from '../util/version.js';
import { attentionGroups } from './attention-groups.js';
import { axisOf } from './page/axis.js';
import { html, type Markup, verbatim } from './page/markup.js';
import { renewals } from './page/renewals.js';
import { timeline, toneOf } from './page/rows.js';
import { SCRIPT } from './page/script.js';
import { servicesTable } from './page/services.js';
import { styleText } from './page/style.js';
import { isAttentionNeeded, needsAttention, type Snapshot, STATES } from './snapshot.js';
import { NAMES_SHOWN } from './summary.js';

/** Makes the page after its beginning: one file that loads nothing, and needs no script to be read. */
export function pageText(snapshot: Snapshot): string {
  const { certificates, now } = snapshot;
  const axis = axisOf(certificates, now);
  const style = styleText(certificates, axis);
  const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(SCRIPT)}; base-uri 'none'; form-action 'none'`;
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content="${verbatim(policy)}" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="referrer" content="no-referrer" />
      <meta name="generator" content="ocspbot ${VERSION}" />
      <title>${verdictText(snapshot)} - ocspbot</title>
      ${verbatim(`<style>${style}</style>`)}
    </head>
    <body>
      ${head(snapshot)}
      <main>
        ${attentionSection(snapshot)}${timeline(certificates, axis)}
        <div class="two">${renewals(snapshot)} ${servicesTable(snapshot)}</div>
      </main>
      <footer>
        <p>ocspbot ${VERSION}. Times are in UTC. The same as a table: <code>ocspbot status</code></p>
      </footer>
      ${verbatim(`<script>${SCRIPT}</script>`)}
    </body>
  </html> `;
  return page.html;
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function verdictText({ certificates, problems }: Snapshot): string {
  const count = certificates.filter(needsAttention).length;
  const verb = count === 1 ? 'needs' : 'need';
  if (count > 0) return `${counted(count, 'certificate')} ${verb} attention`;
  if (problems.length > 0)
    return `${counted(problems.length, 'problem')} ${problems.length === 1 ? 'needs' : 'need'} attention`;
  return certificates.length === 0 ? 'There is no certificate' : 'No certificate needs attention';
}

function head(snapshot: Snapshot): Markup {
  const { now, file, certificates } = snapshot;
  const isBad = isAttentionNeeded(snapshot) || certificates.length === 0;
  const sign = isBad ? html`<path d="M22 12v13M22 32v.1" />` : html`<path d="M13 23l6 6 12-13" />`;
  const chips = STATES.flatMap((state) => {
    const group = certificates.filter((one) => one.state === state);
    // One that needs attention gives its tone to all.
    const shown = group.find(needsAttention) ?? group[0];
    return shown === undefined ? [] : [html`<li class="tag ${toneOf(shown)}">${group.length} ${state}</li>`];
  });
  return html`<header>
    <div class="verdict${isBad ? ' bad' : ''}">
      <svg aria-hidden="true">
        <circle cx="22" cy="22" r="22" />
        ${sign}
      </svg>
      <div>
        <h1>${verdictText(snapshot)}</h1>
        <p class="faint">
          <time datetime="${formatInstant(now)}">${formatInstant(now)}</time>, <code>${file}</code>
        </p>
      </div>
    </div>
    <p class="doubt" id="old" role="status" hidden></p>
    ${snapshot.warnings.map((text) => html`<p class="doubt">${text}</p> `)}
    <ul class="chips">
      ${chips}
    </ul>
    <p class="faint small runs">${runsText(snapshot)}</p>
  </header> `;
}

function runsText({ runs: { last, lastGood }, now }: Snapshot): string {
  if (last === undefined) return 'No run of all certificates is known.';
  const text = `The last run was ${formatAge(last.ended, now)} (status ${last.status}).`;
  if (last.isGood) return text;
  return `${text} ${lastGood === undefined ? 'No good run is known.' : `The last good run was ${formatAge(lastGood.ended, now)}.`}`;
}

/** The groups of troubles that are told in full. */
const GROUPS = 20;

function attentionSection(snapshot: Snapshot): Markup | undefined {
  if (!isAttentionNeeded(snapshot)) return undefined;
  const groups = attentionGroups(snapshot.certificates);
  const items = groups.slice(0, GROUPS).map((group) => {
    const names = group.certificates
      .slice(0, NAMES_SHOWN)
      .map(({ name }, index) => html`${index === 0 ? '' : ', '}<bdi>${name}</bdi>`);
    const count = group.certificates.length;
    const more = count > NAMES_SHOWN ? ` and ${count - NAMES_SHOWN} more` : '';
    const hint =
      group.hint === undefined ? undefined : html`<p class="hint faint">What to do: ${group.hint}</p>`;
    return html`<li>
      <p><span class="tag person">${group.state}</span> <strong>${names}</strong>${more}</p>
      <p>${group.message}</p>
      ${hint}
    </li> `;
  });
  const rest = groups.slice(GROUPS).flatMap(({ certificates }) => certificates).length;
  const left =
    rest === 0
      ? undefined
      : html`<li>${rest} more need attention: they are the first of the staples below.</li>`;
  const problems = snapshot.problems.map(
    (text) =>
      html`<li>
        <p><span class="tag person">problem</span> ${text}</p>
      </li>`,
  );
  return html`<section class="attention" aria-labelledby="attention">
    <h2 id="attention">Needs attention</h2>
    <ul>
      ${problems}${items}${left}
    </ul>
  </section> `;
}
