import { DerError } from '../asn1/der.js';
import { readResponse, type BasicOcspResponse, type OcspResponse } from '../ocsp/response.js';
import { findMatch, type Match } from './match.js';
import type { Circumstances, Question } from './question.js';
import { findSigner, type Signer } from './signer.js';
import { readWindow, type Window } from './window.js';

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
