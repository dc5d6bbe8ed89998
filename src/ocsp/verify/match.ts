import { isDeepStrictEqual } from 'node:util';
import { equalBytes } from '../../util/bytes.js';
import type { Certificate } from '../../x509/certificate.js';
import { hashesOf, type HashName } from '../../x509/name.js';
import type { ResponseCertId, SingleResponse } from '../response.js';
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
  /** None: the difference is that of the one which comes nearest, and the hash that of its CertID. */
  | { readonly kind: 'none'; readonly difference: Difference; readonly hash: string };

export type Difference = 'hash-algorithm' | 'hash-not-asked' | 'issuer-name' | 'issuer-key' | 'serial';

/**
 * Looks through all SingleResponses; hashes are recomputed from the issuer (RFC 6960 §3.2 (1)). `asked`: the hash of
 * the question; where nobody was asked, either will do.
 */
export function findMatch(responses: readonly SingleResponse[], question: Question, asked?: HashName): Match {
  const differences = responses.map((single) => difference(single, question));
  const matching = responses.filter((_, index) => differences[index] === undefined);
  if (matching.length === 0) return none(nearest(differences), responses, differences);
  const first = matching.find(({ certId }) => asked === undefined || certId.hashAlgorithm === asked);
  if (first === undefined) return { kind: 'none', difference: 'hash-not-asked', hash: hashOf(matching[0]) };
  // Whatever else the responder has signed, it has signed that the certificate is revoked.
  const revoked = matching.find(({ status }) => status.kind === 'revoked');
  if (revoked !== undefined) return found(revoked, matching);
  return matching.every((other) => other === first || agree(first, other))
    ? found(first, matching)
    : { kind: 'disagreeing', count: matching.length };
}

/** An answer that is not, or cannot be seen to be, about a certificate of the issuer. */
export interface ForeignAnswer {
  readonly difference: Difference;
  /** Of its CertID. */
  readonly hash: string;
}

/** The first of these answers that is foreign. */
export function foreignAnswer(
  issuer: Certificate,
  responses: readonly SingleResponse[],
): ForeignAnswer | undefined {
  for (const { certId } of responses) {
    const difference = issuerDifference(certId, issuer);
    if (difference !== undefined) return { difference, hash: certId.hashName };
  }
  return undefined;
}

function found(single: SingleResponse, all: readonly SingleResponse[]): Match {
  return { kind: 'found', single, all, hash: single.certId.hashName };
}

function none(
  difference: Difference,
  responses: readonly SingleResponse[],
  differences: readonly (Difference | undefined)[],
): Match {
  return { kind: 'none', difference, hash: hashOf(responses[differences.indexOf(difference)]) };
}

function hashOf(single: SingleResponse | undefined): string {
  return single?.certId.hashName ?? 'no hash';
}

function difference({ certId }: SingleResponse, { issuer, serialNumber }: Question): Difference | undefined {
  const isSameSerial = equalBytes(serialNumber, certId.serialNumber);
  return isSameSerial ? issuerDifference(certId, issuer) : 'serial';
}

function issuerDifference(certId: ResponseCertId, issuer: Certificate): Difference | undefined {
  const { hashAlgorithm, issuerNameHash, issuerKeyHash } = certId;
  if (hashAlgorithm !== 'sha1' && hashAlgorithm !== 'sha256') return 'hash-algorithm';
  const expected = hashesOf(issuer, hashAlgorithm);
  if (!equalBytes(expected.name, issuerNameHash)) return 'issuer-name';
  if (!equalBytes(expected.key, issuerKeyHash)) return 'issuer-key';
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
