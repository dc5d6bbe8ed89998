import type { ResponseVerifier, StapleSource, FetchRequest } from '../../client/types.js';
import type { Configuration } from '../../configuration/model.js';
import type { Circumstances, Question } from '../../ocsp/verify/question.js';
import { type Examination, verify } from '../../ocsp/verify/verify.js';
import type { System } from '../../system/system.js';
import { toHex } from '../../util/bytes.js';
import type { Instant } from '../../util/time.js';
import { prepare, type Prepared } from '../entries.js';
import { type MatchedResponses, matchSupplied } from './match-supplied.js';
import { remarksOn, type Supply } from './supply.js';
import type { SuppliedResponse, Work } from '../types.js';

/** Prepares the installation of supplied responses. Certificates without one are left alone. */
export function installWork(
  supply: Supply,
  configuration: Configuration,
  now: Instant,
  system: Pick<System, 'files'>,
): Work {
  const all = prepare(configuration.entries, system.files, now);
  const matched = matchSupplied(supply.supplied, all, configuration);
  const { candidates, unmatched } = matched;
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
    source: sourceOf(matched, { policy: configuration.policy, now }),
    ...remarksOn(supply, matched, all, configuration),
  };
}

function sourceOf(
  { candidates, bySerial }: MatchedResponses,
  circumstances: Pick<Circumstances, 'policy' | 'now'>,
): StapleSource {
  const fetch = ({ entry, question }: FetchRequest, verifyAnswer: ResponseVerifier) => {
    const { name, bytes, examination } = chooseSupplied(candidates.get(entry) ?? [], question, circumstances);
    const origin = { kind: 'file', name } as const;
    return Promise.resolve({ ...verifyAnswer({ body: bytes, origin, examination }), origin, attempts: [] });
  };
  return {
    kind: 'given',
    fetch,
    besides: (_, { serialNumber }) => (bySerial.get(toHex(serialNumber)) ?? []).map(({ bytes }) => bytes),
    close: () => Promise.resolve([]),
  };
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
