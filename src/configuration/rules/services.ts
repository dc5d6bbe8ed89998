import { didYouMean } from '../suggestions.js';
import { quote } from '../../text/visible.js';
import type { Rule } from './rule.js';

/** The services that certificates name are defined. */
export const servicesAreDefined: Rule = ({ top, sections, services }, problems) => {
  if (services === undefined) return;
  const known = new Set(top.services?.value.map(({ name }) => name));
  const users = sections.flatMap(({ domains, scan_keys: scans }) => [
    ...(domains?.value ?? []),
    ...(scans?.value ?? []),
  ]);
  for (const { value } of users) {
    for (const { value: name, spot } of value.services?.value ?? []) {
      if (known.has(name)) continue;
      const hint = didYouMean(name, known) ?? `define it in the main file: services: {${name}: {}}`;
      problems.add(spot, `there is no service ${quote(name)}`, hint);
    }
  }
};
