import { quote } from '../../util/text.js';
import { didYouMean } from '../../util/nearest.js';
import { isRefused } from '../schema/value.js';
import type { Rule } from './rule.js';

/** Requires that the services that certificates name are defined. */
export const servicesAreDefined: Rule = ({ top, sections, services }, { problems }) => {
  if (services === undefined) return;
  const defined = top.services?.value ?? [];
  const known = new Set(defined.map(({ name }) => name));
  const users = sections.flatMap(({ domains, scan_keys: scans }) => [
    ...(domains?.value ?? []),
    ...(scans?.value ?? []),
  ]);
  for (const { value } of users) {
    for (const { value: name, range } of value.services?.value ?? []) {
      if (known.has(name) || isRefused(defined, name)) continue;
      const hint = didYouMean(name, known) ?? `define it in the main file: services: {${name}: {}}`;
      problems.add(range, `there is no service ${quote(name)}`, hint);
    }
  }
};

/** Requires a "reload" for each "test". A test without a reload would have no effect. */
export const testsPrecedeReloads: Rule = ({ top }, { problems }) => {
  for (const { name, value } of top.services?.value ?? []) {
    if (value.test === undefined || value.reload !== undefined || isRefused(value, 'reload')) continue;
    const hint = 'add what reloads it, for example: reload: [systemctl, reload, nginx]';
    problems.add(value.test.key, `the service ${quote(name)} has a "test" but no "reload"`, hint);
  }
};
