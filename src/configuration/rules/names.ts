import { placeOf } from '../document/fields.js';
import { quote } from '../../text/visible.js';
import { repeated } from './repeated.js';
import type { Rule } from './rule.js';

/** A name stands for one certificate: in `--only`, in reports, in the log. */
export const namesAreUnique: Rule = ({ candidates, paths }, problems) => {
  for (const [first, candidate] of repeated(candidates, ({ entry }) => entry.name)) {
    const { name, cert } = candidate.entry;
    const certs = `${quote(paths.shown(first.entry.cert))} and ${quote(paths.shown(cert))}`;
    const message = `the domain ${quote(name)} is there twice, for ${certs}`;
    problems.add(candidate.spots.name, message, `the first is at ${placeOf(first.spots.name)}; keep one`);
  }
};
