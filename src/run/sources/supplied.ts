import type { ResponseVerifier, StapleSource, FetchRequest } from '../../client/types.js';
import type { Configuration } from '../../configuration/model.js';
import type { Circumstances, Question } from '../../ocsp/verify/question.js';
import { type Examination, verify } from '../../ocsp/verify/verify.js';
import { counted } from '../../report/text.js';
import type { System } from '../../system/system.js';
import { toHex } from '../../util/bytes.js';
import { shownCommand } from '../../util/text.js';
import type { Instant } from '../../util/time.js';
import { prepare, type Prepared } from '../entries.js';
import { type UnmatchedResponse, matchSupplied } from './match-supplied.js';
import type { SuppliedResponse, Work } from '../types.js';

/** The responses that the caller supplied. */
export interface Supply {
  /** The operands of the command line. Each must lead to a response that is used. */
  readonly operands: readonly string[];
  readonly supplied: readonly SuppliedResponse[];
}

/** Prepares the installation of supplied responses. Certificates without one are left alone. */
export function installWork(
  { operands, supplied }: Supply,
  configuration: Configuration,
  now: Instant,
  system: Pick<System, 'files'>,
): Work {
  const all = prepare(configuration.entries, system.files, now);
  const { candidates, unmatched, bySerial } = matchSupplied(supplied, all, configuration);
  const { policy } = configuration;
  const fetch = ({ entry, question }: FetchRequest, verifyAnswer: ResponseVerifier) => {
    const { name, bytes, examination } = chooseSupplied(candidates.get(entry) ?? [], question, {
      policy,
      now,
    });
    const origin = { kind: 'file', name } as const;
    return Promise.resolve({ ...verifyAnswer({ body: bytes, origin, examination }), origin, attempts: [] });
  };
  const source: StapleSource = {
    kind: 'given',
    fetch,
    besides: (_, { serialNumber }) => (bySerial.get(toHex(serialNumber)) ?? []).map(({ bytes }) => bytes),
    close: () => Promise.resolve([]),
  };
  const used = new Set([...candidates.values()].flat().map(({ operand }) => operand));
  const unused = operands.filter((operand) => !used.has(operand));
  const advice = adviceOn(all.filter(({ kind }) => kind === 'broken').length, configuration);
  const without = all.filter(({ entry }) => !candidates.has(entry));
  // An unmatched response may be for a certificate that cannot be read.
  const isAnyForeign = unmatched.some(({ kind }) => kind === 'foreign');
  const prepared = new Map(
    all
      .filter(({ kind, entry }) => candidates.has(entry) || (kind === 'broken' && isAnyForeign))
      .map((one) => [one.entry, one]),
  );
  return {
    entries: [...prepared.keys()],
    prepare: (entry) => prepared.get(entry) as Prepared,
    expect: () => undefined,
    source,
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
  return `; ${counted(broken, 'certificate')} of it cannot be read: see ${shownCommand(['ocspbot', 'validate', file])}`;
}

/**
 * Chooses among several responses for one certificate, since folders of staples hold old ones, too, such as backups. The
 * newest genuine response is chosen, even if it says revoked. If none is genuine, the first is: its fault is reported.
 */
function chooseSupplied(
  candidates: readonly SuppliedResponse[],
  question: Question,
  circumstances: Pick<Circumstances, 'policy' | 'now'>,
): Examined {
  const examined = candidates.map((one) => ({
    ...one,
    examination: verify(one.bytes, question, circumstances),
  }));
  const [newest = examined[0]] = examined.filter(isGenuine).toSorted(newestFirst);
  if (newest === undefined) throw new TypeError('nothing was given to choose from');
  return newest;
}

interface Examined extends SuppliedResponse {
  readonly examination: Examination;
}

function isGenuine({ examination }: Examined): boolean {
  return examination.kind === 'good' || isRevoked(examination);
}

/** Reports whether a certificate is revoked that the response is for: this one, or another that shares its file. */
function isRevoked(examination: Examination): boolean {
  return (
    examination.kind === 'revoked' ||
    (examination.kind === 'rejected' && examination.other?.kind === 'revoked')
  );
}

function newestFirst({ examination: one }: Examined, { examination: other }: Examined): number {
  return (
    (other.window?.thisUpdate ?? 0) - (one.window?.thisUpdate ?? 0) ||
    Number(isRevoked(other)) - Number(isRevoked(one)) ||
    (other.window?.nextUpdate ?? 0) - (one.window?.nextUpdate ?? 0)
  );
}
