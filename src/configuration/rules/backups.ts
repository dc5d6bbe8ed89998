import { basename } from 'node:path';
import type { Candidate } from '../candidates.js';
import { placeOf } from '../document/fields.js';
import { quote } from '../../text/visible.js';
import { givingWay, repeated } from './repeated.js';
import type { Rule } from './rule.js';

/**
 * In a folder of their own backups have the names of responses, but not of the folders that those are in: of two with
 * one name each would push out the other's.
 */
export const backupsAreTold: Rule = (
  { candidates, places, settings: { backups } },
  { problems, defects },
) => {
  if (backups.kind === 'off' || backups.folder === undefined) return;
  const realOf = ({ entry }: Candidate) => places.look(entry.ocsp).real;
  for (const [first, later] of repeated(candidates, (one) => basename(realOf(one)))) {
    const [stays, gives] = givingWay(first, later);
    // One file for both is reported as that.
    if (realOf(stays) === realOf(gives)) continue;
    const [one, other] = [stays, gives].map(({ entry }) => quote(entry.name));
    const message = `the backups of ${one} and ${other} would have the same names in ${quote(backups.folder)}`;
    const hint = `the other is at ${placeOf(stays.spots.ocsp)}; give each file a name of its own, or leave out "folder" of "backups"`;
    const isWritten = gives.origin === 'listed' && basename(stays.entry.ocsp) === basename(gives.entry.ocsp);
    if (isWritten) problems.add(gives.spots.ocsp, message, hint);
    else defects.add(gives.entry, 'target-unsuitable', gives.spots.ocsp, [message, hint]);
  }
};
