import type { ResponsePolicy } from '../../configuration/model.js';
import type { Instant } from '../../util/time.js';
import { DerError } from '../../x509/der.js';
import { type BasicOcspResponse, type OcspResponse, readResponse, type SingleResponse } from '../response.js';
import { findMatch, type Match } from './match.js';
import type { Circumstances, Question } from './question.js';
import { findSigner, type Signer } from './signer.js';

/** The content of a response and everything derived from it. It is gathered once, and the checks only read it. */
export interface Facts extends Circumstances {
  readonly question: Question;
  readonly reading: OcspResponse | Malformed;
  /** This and the next fields are undefined if the response is not a basic one. */
  readonly basic: BasicOcspResponse | undefined;
  readonly match: Match | undefined;
  readonly signer: Signer | undefined;
  /** Also undefined if no SingleResponse matches. */
  readonly window: Window | undefined;
  /** The facts for the other certificates that the response must be good for. */
  readonly also: readonly (readonly [name: string, facts: Facts])[];
}

export interface Malformed {
  readonly kind: 'malformed';
  readonly problem: string;
}

export function gatherFacts(der: Uint8Array, question: Question, circumstances: Circumstances): Facts {
  const reading = read(der);
  const basic = reading.kind === 'basic' ? reading : undefined;
  const signer = basic && findSigner(basic, question, circumstances);
  const also = (question.also ?? []).map(
    (one) => [one.name, gatherFacts(der, one, comparedFor(one.name, circumstances))] as const,
  );
  return findAnswer({ question, reading, basic, signer, also, ...circumstances });
}

/** Compares another certificate of the same response with its own times: a responder may have several for one answer. */
function comparedFor<T extends Pick<Circumstances, 'installed'>>(name: string, circumstances: T): T {
  return { ...circumstances, installed: circumstances.installed?.also?.get(name) };
}

/** The circumstances that a response is compared with. The signer does not depend on them. */
export type Comparison = Pick<Circumstances, 'asked' | 'installed' | 'mayBeOlder' | 'forgiven'>;

/** Returns the same facts for another comparison, without reading or checking a signature again. */
export function compareAnew(facts: Facts, comparison: Comparison): Facts {
  const also = facts.also.map(
    ([name, one]) => [name, compareAnew(one, comparedFor(name, comparison))] as const,
  );
  return findAnswer({ ...facts, ...comparison, also });
}

function findAnswer(evidence: Omit<Facts, 'match' | 'window'>): Facts {
  const { question, reading, basic, signer, also } = evidence;
  const { policy, now, asked, installed, mayBeOlder, forgiven } = evidence;
  const match = basic && findMatch(basic.responses, question, asked?.hash);
  const window = basic && match?.kind === 'found' ? readWindow(basic, match.single, policy) : undefined;
  // No spread of the evidence: that of an earlier comparison has its match and window. So the type asks for every key.
  const circumstances: Required<Circumstances> = { policy, now, asked, installed, mayBeOlder, forgiven };
  return { question, reading, basic, match, signer, window, also, ...circumstances };
}

/** Reads a response. It returns for any bytes, because they are a stranger's. */
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
      /** The stated one, or the one by `assumed_validity`, if either exists. */
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
