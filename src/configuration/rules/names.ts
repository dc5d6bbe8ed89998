import type { Candidate } from '../candidates.js';
import { placeOf } from '../document/fields.js';
import { quote } from '../../text/visible.js';
import type { Rule } from './rule.js';

/** A name stands for one certificate: in `--only`, in reports, in the log. */
export const namesAreUnique: Rule = ({ candidates, paths }, problems) => {
  const known = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const { name, cert } = candidate.entry;
    const first = known.get(name);
    if (first === undefined) {
      known.set(name, candidate);
      continue;
    }
    const certs = `${quote(paths.shown(first.entry.cert))} and ${quote(paths.shown(cert))}`;
    const message = `the domain ${quote(name)} is there twice, for ${certs}`;
    problems.add(candidate.spots.name, message, `the first is at ${placeOf(first.spots.name)}; keep one`);
  }
};
