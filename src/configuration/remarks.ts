import { quote } from '../util/text.js';
import { formatDuration } from '../util/time.js';
import { UNASSIGNED, UNASSIGNED_BIT } from './model.js';
import type { Draft } from './rules/rule.js';

/** Returns warnings that every run shows, but that stop nothing. `passedOver` has the notes of the scans. */
export function warningsOf(
  { candidates, settings }: Draft,
  file: string,
  passedOver: readonly string[],
): string[] {
  const warnings: string[] = [];
  if (candidates.length === 0 && settings.kubernetes === undefined)
    warnings.push(`the configuration ${quote(file)} names no certificates${reasonIn(passedOver)}`);
  const { minimumValidity, minimumShare, criticalValidity } = settings.thresholds;
  if (minimumShare !== undefined && minimumShare > 0 && minimumShare < 0.01)
    warnings.push('minimum_validity_percentage is less than 1 %: write 50 for half of the lifetime');
  const isOnlyThreshold = minimumValidity !== undefined && minimumShare === undefined;
  if (isOnlyThreshold && criticalValidity !== undefined && criticalValidity > minimumValidity) {
    const lengths = `${formatDuration(criticalValidity)} are more than ${formatDuration(minimumValidity)}`;
    warnings.push(
      `responses become critical before they are due: critical_validity exceeds minimum_validity (${lengths})`,
    );
  }
  return warnings;
}

/** Returns the first reason why a scan has found nothing: the others are often the same. */
function reasonIn([first, ...others]: readonly string[]): string {
  if (first === undefined) return '';
  return `: ${first}${others.length > 0 ? `; and ${others.length} more, see ocspbot validate --verbose` : ''}`;
}

/** Returns remarks that are shown only on request. */
export function notesOf({ top, candidates, services }: Draft): string[] {
  const notes: string[] = [];
  if (top.openssl_executable !== undefined)
    notes.push('"openssl_executable" is not needed: OpenSSL is not used');
  if (top.kubernetes !== undefined)
    notes.push('only "refresh" looks at the Secrets of "kubernetes": the other commands do not know them');
  const unassigned = candidates.filter(({ entry }) => entry.services.includes(UNASSIGNED)).length;
  if (unassigned > 0 && services !== undefined && services.length > 0) {
    const [who, them] =
      unassigned === 1 ? ['1 certificate names', 'it'] : [`${unassigned} certificates name`, 'them'];
    notes.push(`${who} no service: exit bit ${UNASSIGNED_BIT} stands for what uses ${them}`);
  }
  return notes;
}
