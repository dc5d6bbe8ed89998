import { formatDuration } from '../time/duration.js';
import { UNASSIGNED, UNASSIGNED_BIT } from './model.js';
import type { Draft } from './rules/rule.js';
import { quote } from '../text/visible.js';

/** What an administrator should know in each run, though nothing is wrong enough to stop. */
export function warningsOf({ candidates, settings }: Draft, file: string): string[] {
  const warnings: string[] = [];
  if (candidates.length === 0) warnings.push(`the configuration ${quote(file)} names no certificates`);
  const { minimumValidity, minimumShare, criticalValidity } = settings.thresholds;
  const isOnlyThreshold = minimumValidity !== undefined && minimumShare === undefined;
  if (isOnlyThreshold && criticalValidity !== undefined && criticalValidity > minimumValidity) {
    const lengths = `${formatDuration(criticalValidity)} are more than ${formatDuration(minimumValidity)}`;
    warnings.push(
      `responses become critical before they are due: critical_validity exceeds minimum_validity (${lengths})`,
    );
  }
  return warnings;
}

/** What is only said when somebody asks. */
export function notesOf({ top, candidates, services }: Draft): string[] {
  const notes: string[] = [];
  if (top.openssl_executable !== undefined)
    notes.push('"openssl_executable" is not needed: OpenSSL is not used');
  const unassigned = candidates.filter(({ entry }) => entry.services.includes(UNASSIGNED)).length;
  if (unassigned > 0 && services !== undefined && services.length > 0) {
    notes.push(`${unassigned} certificates name no service: they count for exit bit ${UNASSIGNED_BIT}`);
  }
  return notes;
}
