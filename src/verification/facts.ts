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
  const match = basic && findMatch(basic.responses, question, circumstances.asked?.hash);
  const signer = basic && findSigner(basic, question, circumstances);
  const window =
    basic && match?.kind === 'found' ? readWindow(basic, match.single, circumstances.policy) : undefined;
  return { question, reading, basic, match, signer, window, ...circumstances };
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
