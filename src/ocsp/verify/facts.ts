import type { ResponsePolicy } from '../../configuration/model.js';
import type { Instant } from '../../util/time.js';
import { DerError } from '../../x509/der.js';
import { type BasicOcspResponse, type OcspResponse, readResponse, type SingleResponse } from '../response.js';
import { findMatch, type Match } from './match.js';
import type { Circumstances, Question } from './question.js';
import { findSigner, type Signer } from './signer.js';

/** What a response says and what can be derived from it, gathered once; the checks only look at it. */
export interface Facts extends Circumstances {
  readonly question: Question;
  readonly reading: OcspResponse | Malformed;
  /** The parts below are undefined where the reading is not a basic response. */
  readonly basic: BasicOcspResponse | undefined;
  readonly match: Match | undefined;
  readonly signer: Signer | undefined;
  /** Also undefined where no SingleResponse matches. */
  readonly window: Window | undefined;
}

export interface Malformed {
  readonly kind: 'malformed';
  readonly problem: string;
}

export function gatherFacts(der: Uint8Array, question: Question, circumstances: Circumstances): Facts {
  const reading = read(der);
  const basic = reading.kind === 'basic' ? reading : undefined;
  const signer = basic && findSigner(basic, question, circumstances);
  return findAnswer({ question, reading, basic, signer, ...circumstances });
}

/** What a response is compared with. Who signed it does not depend on that. */
export type Comparison = Pick<Circumstances, 'asked' | 'installed' | 'mayBeOlder' | 'forgiven'>;

/** The same facts for another comparison: nothing is read and no signature checked again. */
export function compareAnew(facts: Facts, comparison: Comparison): Facts {
  return findAnswer({ ...facts, ...comparison });
}

function findAnswer(evidence: Omit<Facts, 'match' | 'window'>): Facts {
  const { basic, question, asked, policy } = evidence;
  const match = basic && findMatch(basic.responses, question, asked?.hash);
  const window = basic && match?.kind === 'found' ? readWindow(basic, match.single, policy) : undefined;
  return { ...evidence, match, window };
}

/** The bytes are a stranger's: whatever they are, this returns. */
function read(der: Uint8Array): OcspResponse | Malformed {
  try {
    return readResponse(der);
  } catch (error) {
    if (error instanceof DerError) return { kind: 'malformed', problem: error.message };
    throw error;
  }
}

/** The times of the matching SingleResponse. */
export type Window =
  | { readonly kind: 'malformed'; readonly field: string; readonly text: string; readonly problem: string }
  | {
      readonly kind: 'exact';
      readonly producedAt: Instant;
      readonly thisUpdate: Instant;
      /** As stated, or by `assumed_validity`, or nothing. */
      readonly nextUpdate: Instant | undefined;
      readonly nextUpdateIsAssumed: boolean;
      readonly revocationTime: Instant | undefined;
    };

function readWindow(basic: BasicOcspResponse, single: SingleResponse, policy: ResponsePolicy): Window {
  const { producedAt } = basic;
  const { thisUpdate, nextUpdate, status } = single;
  const revocation = status.kind === 'revoked' ? status.revocationTime : undefined;
  if (producedAt.kind === 'malformed') return { ...producedAt, field: 'producedAt' };
  if (thisUpdate.kind === 'malformed') return { ...thisUpdate, field: 'thisUpdate' };
  if (nextUpdate?.kind === 'malformed') return { ...nextUpdate, field: 'nextUpdate' };
  if (revocation?.kind === 'malformed') return { ...revocation, field: 'revocationTime' };
  const { assumedValidity } = policy;
  const assumed = assumedValidity === undefined ? undefined : thisUpdate.instant + assumedValidity;
  return {
    kind: 'exact',
    producedAt: producedAt.instant,
    thisUpdate: thisUpdate.instant,
    nextUpdate: nextUpdate === undefined ? assumed : nextUpdate.instant,
    nextUpdateIsAssumed: nextUpdate === undefined,
    revocationTime: revocation?.instant,
  };
}
