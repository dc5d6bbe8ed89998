import { firstOf } from '../util/text.js';
import type { Outcome } from './outcome.js';

const NAMES_SHOWN = 10;

/** Lists the first of many names, and says how many more there are. */
export function listed(names: readonly string[]): string {
  return firstOf(names, NAMES_SHOWN);
}

export function namesOf(outcomes: readonly Outcome[]): string {
  return listed(outcomes.map(({ name }) => name));
}
