import type { ResponseVerifier, StapleSource, FetchRequest } from '../../client/types.js';
import type { Configuration } from '../../configuration/model.js';
import type { Circumstances, Question } from '../../ocsp/verify/question.js';
import { type Examination, verify } from '../../ocsp/verify/verify.js';
import type { System } from '../../system/system.js';
import type { Instant } from '../../util/time.js';
import { prepare } from '../entries.js';
import { type SuppliedResponse, type UnmatchedResponse, matchSupplied } from './match-supplied.js';
import type { Work } from '../types.js';

/**
 * The certificates that responses were given for. Others are left alone.
 *
 * @param operands what was named on the command line: each must be of use
 */
export function installWork(
  configuration: Configuration,
  operands: readonly string[],
  given: readonly SuppliedResponse[],
  now: Instant,
  system: Pick<System, 'files'>,
): Omit<Work, 'stop'> {
  const all = prepare(configuration.entries, system.files, now);
  const { candidates, unmatched } = matchSupplied(given, all, configuration);
  const { policy } = configuration;
  const fetch = ({ entry, question }: FetchRequest, judge: ResponseVerifier) => {
    const chosen = chooseGiven(candidates.get(entry) ?? [], question, { policy, now });
    const origin = { given: chosen.name };
    return Promise.resolve({
      ...judge({ body: chosen.bytes, origin, examination: chosen.examination }),
      origin,
    });
  };
  const source: StapleSource = { kind: 'given', fetch, close: () => Promise.resolve() };
  const used = new Set([...candidates.values()].flat().map(({ operand }) => operand));
  const unused = operands.filter((operand) => !used.has(operand));
  const advice = adviceOn(all.filter(({ kind }) => kind === 'broken').length, configuration);
  const without = all.filter(({ entry }) => !candidates.has(entry));
  // It may be for a certificate that cannot be read.
  const isAnyForeign = unmatched.some(({ kind }) => kind === 'foreign');
  return {
    prepared: all.filter(({ kind, entry }) => candidates.has(entry) || (kind === 'broken' && isAnyForeign)),
    source,
    complaints: [
      ...unused.map((operand) => complaint(operand, unmatched, configuration) + advice),
      ...unmatched
        .filter((one) => one.kind === 'no-response' && !unused.includes(one.name))
        .map(({ name, problem }) => `${name} ${problem}`),
    ],
    attention: unused.length > 0 ? 'what was given is of no use' : undefined,
    notes: [
      ...unmatched.filter(({ kind }) => kind === 'foreign').map(({ name, problem }) => `${name} ${problem}`),
      ...without.map(({ entry }) => `no response was given for ${entry.name}`),
    ],
  };
}

/** A file that fits nothing, or a folder without a single one that fits. */
function complaint(
  operand: string,
  unmatched: readonly UnmatchedResponse[],
  { file }: Configuration,
): string {
  const own = unmatched.find(({ name }) => name === operand);
  if (own !== undefined) return `${operand} ${own.problem}`;
  return `${operand} has no response for any certificate of ${file}`;
}

/** A certificate that cannot be read may be the one that a response is for. */
function adviceOn(broken: number, { file }: Configuration): string {
  if (broken === 0) return '';
  return `; ${broken} certificate${broken === 1 ? '' : 's'} of it cannot be read: see ocspbot validate ${file}`;
}

/**
 * Chooses the newest genuine one among several responses for one certificate, also when it says revoked; where none
 * is, the first, so that its fault is told. Folders of staples have old ones in them: backups, for example.
 */
function chooseGiven(
  candidates: readonly SuppliedResponse[],
  question: Question,
  circumstances: Pick<Circumstances, 'policy' | 'now'>,
): Examined {
  const examined = candidates.map((given) => {
    return { ...given, examination: verify(given.bytes, question, circumstances) };
  });
  const [newest = examined[0]] = examined.filter(isGenuine).toSorted(newestFirst);
  if (newest === undefined) throw new TypeError('nothing was given to choose from');
  return newest;
}

interface Examined extends SuppliedResponse {
  readonly examination: Examination;
}

function isGenuine({ examination: { kind } }: Examined): boolean {
  return kind === 'good' || kind === 'revoked';
}

function newestFirst({ examination: one }: Examined, { examination: other }: Examined): number {
  return (
    (other.window?.thisUpdate ?? 0) - (one.window?.thisUpdate ?? 0) ||
    Number(other.kind === 'revoked') - Number(one.kind === 'revoked') ||
    (other.window?.nextUpdate ?? 0) - (one.window?.nextUpdate ?? 0)
  );
}
