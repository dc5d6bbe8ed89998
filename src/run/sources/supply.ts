import type { Configuration } from '../../configuration/model.js';
import { counted } from '../../report/text.js';
import { shownCommand } from '../../util/text.js';
import type { Prepared } from '../entries.js';
import type { SuppliedResponse, Work } from '../types.js';
import type { MatchedResponses, UnmatchedResponse } from './match-supplied.js';

/** The responses that the caller supplied. */
export interface Supply {
  /** The operands of the command line. Each must lead to a response that is used. */
  readonly operands: readonly string[];
  readonly supplied: readonly SuppliedResponse[];
}

/** Says which responses are used for no certificate, and which certificates have none. */
export function remarksOn(
  { operands }: Supply,
  { candidates, unmatched }: MatchedResponses,
  all: readonly Prepared[],
  configuration: Configuration,
): Pick<Work, 'complaints' | 'attention' | 'notes'> {
  const used = new Set([...candidates.values()].flat().map(({ operand }) => operand));
  const unused = operands.filter((operand) => !used.has(operand));
  const advice = adviceOn(all.filter(({ kind }) => kind === 'broken').length, configuration);
  const without = all.filter(({ entry }) => !candidates.has(entry));
  return {
    complaints: [
      ...unused.map((operand) => complaint(operand, unmatched, configuration) + advice),
      ...unmatched
        .filter((one) => one.kind === 'no-response' && !unused.includes(one.name))
        .map(({ name, problem }) => `${name} ${problem}`),
    ],
    attention: unused.length > 0 ? 'what was given is unusable' : undefined,
    notes: [
      ...unmatched.filter(({ kind }) => kind === 'foreign').map(({ name, problem }) => `${name} ${problem}`),
      ...without.map(({ entry }) => `no response was given for ${entry.name}`),
    ],
  };
}

/** Complains about an operand of which nothing is used: a file, or a folder without any usable file. */
function complaint(
  operand: string,
  unmatched: readonly UnmatchedResponse[],
  { file }: Configuration,
): string {
  const own = unmatched.find(({ name }) => name === operand);
  if (own !== undefined) return `${operand} ${own.problem}`;
  return `${operand} has no response for any certificate of ${file}`;
}

/** Names the unreadable certificates as a possible reason why a response is for none of the others. */
function adviceOn(broken: number, { file }: Configuration): string {
  if (broken === 0) return '';
  return `; ${counted(broken, 'certificate')} of the configuration cannot be read: see ${shownCommand(['ocspbot', 'validate', file])}`;
}
