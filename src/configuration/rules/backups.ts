import { basename } from 'node:path';
import type { Candidate } from '../candidates.js';
import { placeOf } from '../document/fields.js';
import { quote } from '../../text/visible.js';
import type { Rule } from './rule.js';

/**
 * In a folder of their own backups have the names of responses, but not of the folders that those are in: of two with
 * one name each would push out the other's.
 */
export const backupsAreTold: Rule = ({ candidates, places, settings: { backups } }, problems) => {
  if (backups.kind === 'off' || backups.folder === undefined) return;
  const known = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const { real } = places.look(candidate.entry.ocsp);
    const first = known.get(basename(real));
    if (first === undefined) {
      known.set(basename(real), candidate);
      continue;
    }
    // One file for both is reported as that.
    if (places.look(first.entry.ocsp).real === real) continue;
    const [one, other] = [first, candidate].map(({ entry }) => quote(entry.name));
    problems.add(
      candidate.spots.ocsp,
      `the backups of ${one} and ${other} would have the same names in ${quote(backups.folder)}`,
      `the other is at ${placeOf(first.spots.ocsp)}; give each file a name of its own, or leave out "folder" of "backups"`,
    );
  }
};
