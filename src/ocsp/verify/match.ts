import { isDeepStrictEqual } from 'node:util';
import { equalBytes } from '../../util/bytes.js';
import type { Certificate } from '../../x509/certificate.js';
import type { HashName } from '../../configuration/model.js';
import { hashesOf } from '../cert-id.js';
import type { ResponseCertId, SingleResponse } from '../response.js';
import type { Question } from './question.js';

/** The SingleResponse that answers the question. */
export type Match =
  | {
      readonly kind: 'found';
      readonly single: SingleResponse;
      /** All SingleResponses about the certificate: the others say the same, or `single` outweighs them. */
      readonly all: readonly SingleResponse[];
      readonly hash: string;
    }
  | { readonly kind: 'disagreeing'; readonly count: number }
  /** No SingleResponse matches. `difference` and `hash` are those of the CertID that is nearest to matching. */
  | { readonly kind: 'none'; readonly difference: Difference; readonly hash: string };

export type Difference = 'hash-algorithm' | 'hash-not-asked' | 'issuer-name' | 'issuer-key' | 'serial';

/**
 * Finds the SingleResponse that answers the question; hashes are recomputed from the issuer (RFC 6960 §3.2 (1)).
 * `asked` is the hash of the request; without a request either hash will do.
 */
export function findMatch(responses: readonly SingleResponse[], question: Question, asked?: HashName): Match {
  const differences = responses.map((single) => difference(single, question));
  const matching = responses.filter((_, index) => differences[index] === undefined);
  if (matching.length === 0) return none(nearest(differences), responses, differences);
  const first = matching.find(({ certId }) => asked === undefined || certId.hashAlgorithm === asked);
  if (first === undefined) return { kind: 'none', difference: 'hash-not-asked', hash: hashOf(matching[0]) };
  // A signed revocation outweighs everything else that the responder has signed.
  const revoked = matching.find(({ status }) => status.kind === 'revoked');
  if (revoked !== undefined) return found(revoked, matching);
  return matching.every((other) => other === first || agree(first, other))
    ? found(first, matching)
    : { kind: 'disagreeing', count: matching.length };
}

/** The CertID of an answer that is not about a certificate of the issuer, or not recognizably. */
export interface ForeignAnswer {
  readonly difference: Difference;
  readonly hash: string;
}

/** Finds the first of these answers that is foreign. */
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

/** Reports whether two answers about the same certificate say the same, for example under different hashes. */
function agree(one: SingleResponse, other: SingleResponse): boolean {
  return (
    isDeepStrictEqual(one.status, other.status) &&
    isDeepStrictEqual(one.thisUpdate, other.thisUpdate) &&
    isDeepStrictEqual(one.nextUpdate, other.nextUpdate)
  );
}
