import { makeCertId } from '../ocsp/cert-id.js';
import type { SingleResponse } from '../ocsp/single-response.js';
import { isDeepStrictEqual } from 'node:util';
import type { Question } from './question.js';

/** The SingleResponse that answers the question. */
export type Match =
  | {
      readonly kind: 'found';
      readonly single: SingleResponse;
      /** It, and others that say the same or are outweighed by it. */
      readonly all: readonly SingleResponse[];
      readonly hash: string;
    }
  | { readonly kind: 'disagreeing'; readonly count: number }
  /** None: the difference is that of the one which comes nearest. */
  | { readonly kind: 'none'; readonly difference: Difference };

export type Difference = 'hash-algorithm' | 'issuer-name' | 'issuer-key' | 'serial';

/** Looks through all SingleResponses; hashes are recomputed from the issuer (RFC 6960 §3.2 (1)). */
export function findMatch(responses: readonly SingleResponse[], question: Question): Match {
  const differences = responses.map((single) => difference(single, question));
  const matching = responses.filter((_, index) => differences[index] === undefined);
  const [first, ...others] = matching;
  if (first === undefined) return { kind: 'none', difference: nearest(differences) };
  if (others.every((other) => agree(first, other))) return found(first, matching);
  // Whatever else the responder has signed, it has signed that the certificate is revoked.
  const revoked = matching.find(({ status }) => status.kind === 'revoked');
  return revoked === undefined ? { kind: 'disagreeing', count: matching.length } : found(revoked, matching);
}

function found(single: SingleResponse, all: readonly SingleResponse[]): Match {
  return { kind: 'found', single, all, hash: single.certId.hashAlgorithm ?? 'unknown' };
}

function difference({ certId }: SingleResponse, { issuer, serialNumber }: Question): Difference | undefined {
  const sameSerial = Buffer.from(serialNumber).equals(certId.serialNumber);
  if (!sameSerial) return 'serial';
  if (certId.hashAlgorithm !== 'sha1' && certId.hashAlgorithm !== 'sha256') return 'hash-algorithm';
  const expected = makeCertId(certId.hashAlgorithm, issuer, serialNumber);
  if (!Buffer.from(expected.issuerNameHash).equals(certId.issuerNameHash)) return 'issuer-name';
  if (!Buffer.from(expected.issuerKeyHash).equals(certId.issuerKeyHash)) return 'issuer-key';
  return undefined;
}

function nearest(differences: readonly (Difference | undefined)[]): Difference {
  const order: Difference[] = ['issuer-key', 'issuer-name', 'hash-algorithm', 'serial'];
  return order.find((candidate) => differences.includes(candidate)) ?? 'serial';
}

/** Two answers about the same certificate (under different hashes, say) must tell the same. */
function agree(one: SingleResponse, other: SingleResponse): boolean {
  return (
    isDeepStrictEqual(one.status, other.status) &&
    isDeepStrictEqual(one.thisUpdate, other.thisUpdate) &&
    isDeepStrictEqual(one.nextUpdate, other.nextUpdate)
  );
}
