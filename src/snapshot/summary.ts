import { serviceInWords } from '../configuration/model.js';
import { attention, counted, firstLines, type Line } from '../report/text.js';
import type { RunRecord } from '../state/last-run.js';
import { formatAge, type Instant } from '../util/time.js';
import { firstOf, shownCommand, visible } from '../util/text.js';
import { type AttentionGroup, attentionGroups } from './attention-groups.js';
import { type Snapshot, STATES } from './snapshot.js';

/** The groups of troubles, and the names in each, that are told in full. */
const GROUPS_SHOWN = 10;
export const NAMES_SHOWN = 5;

/** Tells what needs attention, and what to do: certificates with the same trouble share a paragraph. */
export function attentionLines({ certificates, problems, file }: Snapshot): Line[] {
  const groups = attentionGroups(certificates);
  const told = groups.slice(0, GROUPS_SHOWN).map(groupLine);
  const left = groups.slice(GROUPS_SHOWN).flatMap((group) => group.certificates).length;
  const all = shownCommand(['ocspbot', 'status', file, '--state', 'attention']);
  const rest = left === 0 ? [] : [attention('error', `${left} more need attention`, all)];
  return [...firstLines('error', problems, file), ...told, ...rest];
}

/** Tells what is doubtful in the configuration. */
export function warningLines({ warnings, file }: Snapshot): Line[] {
  return firstLines('warning', warnings, file);
}

function groupLine({ certificates, state, message, hint }: AttentionGroup): Line {
  const names = certificates.map(({ name }) => visible(name));
  return attention('error', `${firstOf(names, NAMES_SHOWN)}: ${state}: ${message}`, hint);
}

/** Says in one line how many certificates are in which state, which reloads are pending, and when the last runs were. */
export function summaryText({ certificates, services, runs, isRunning, now }: Snapshot): string {
  const counts = STATES.flatMap((state) => {
    const count = certificates.filter((one) => one.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  const pending = services.filter(({ isPending }) => isPending).map(({ name }) => serviceInWords(name));
  return [
    `${counted(certificates.length, 'certificate')}: ${counts.join(', ') || 'none'}`,
    ...(pending.length === 0 ? [] : [`reload pending: ${pending.join(', ')}`]),
    ...(isRunning ? ['a run is at work'] : []),
    ...runTexts(runs.last, runs.lastGood, now),
  ].join('; ');
}

function runTexts(last: RunRecord | undefined, good: RunRecord | undefined, now: Instant): string[] {
  if (last === undefined) return ['no run of all certificates is known'];
  const text = `last run ${ago(last, now)} (status ${last.status})`;
  if (last.isGood) return [text];
  return [text, good === undefined ? 'no good run is known' : `last good run ${ago(good, now)}`];
}

function ago({ ended }: RunRecord, now: Instant): string {
  return formatAge(ended, now);
}
