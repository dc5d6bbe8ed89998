import { placeOf } from '../document/fields.js';
import { quote } from '../../text/visible.js';
import { givingWay, repeated } from './repeated.js';
import type { Rule } from './rule.js';

/** A name stands for one certificate: in `--only`, in reports, in the log. Names that are found come from the disk. */
export const namesAreUnique: Rule = ({ candidates, paths }, { problems, defects }) => {
  for (const [first, later] of repeated(candidates, ({ entry }) => entry.name)) {
    const [stays, gives] = givingWay(first, later);
    const { name, cert } = gives.entry;
    const certs = `${quote(paths.shown(stays.entry.cert))} and ${quote(paths.shown(cert))}`;
    const message = `the domain ${quote(name)} is there twice, for ${certs}`;
    const hint = `the first is at ${placeOf(stays.spots.name)}; keep one`;
    if (gives.origin === 'listed') problems.add(gives.spots.name, message, hint);
    else defects.add(gives.entry, 'name-taken', gives.spots.name, [message, hint]);
  }
};
