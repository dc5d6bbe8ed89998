import type { Configuration, Entry } from '../configuration/model.js';
import { didYouMean } from '../configuration/suggestions.js';
import { OcspbotError } from '../errors.js';
import { seeNames } from '../refresh/select.js';

/** The certificate that the command line names. Throws `usage`. */
export function findEntry({ entries, file }: Configuration, name: string): Entry {
  const found = entries.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const names = entries.map((entry) => entry.name);
  throw new OcspbotError('usage', `${file} has no certificate of the name ${name}`, {
    hint: didYouMean(name, names) ?? seeNames(file),
  });
}
