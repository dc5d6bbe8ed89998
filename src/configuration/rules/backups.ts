import { basename } from 'node:path';
import type { Candidate } from '../candidates.js';
import { placeOf } from '../document/fields.js';
import { quote } from '../../text/visible.js';
import { repeated } from './repeated.js';
import type { Rule } from './rule.js';

/**
 * In a folder of their own backups have the names of responses, but not of the folders that those are in: of two with
 * one name each would push out the other's.
 */
export const backupsAreTold: Rule = ({ candidates, places, settings: { backups } }, problems) => {
  if (backups.kind === 'off' || backups.folder === undefined) return;
  const realOf = ({ entry }: Candidate) => places.look(entry.ocsp).real;
  for (const [first, candidate] of repeated(candidates, (one) => basename(realOf(one)))) {
    // One file for both is reported as that.
    if (realOf(first) === realOf(candidate)) continue;
    const [one, other] = [first, candidate].map(({ entry }) => quote(entry.name));
    problems.add(
      candidate.spots.ocsp,
      `the backups of ${one} and ${other} would have the same names in ${quote(backups.folder)}`,
      `the other is at ${placeOf(first.spots.ocsp)}; give each file a name of its own, or leave out "folder" of "backups"`,
    );
  }
};
