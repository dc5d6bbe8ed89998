import { TAG, contextTag, readOnly, sequence, type Element } from '../asn1/der.js';
import { isNegative, unsigned } from '../asn1/integer.js';
import { readOid } from '../asn1/oid.js';
import { readHashAlgorithm, type Hash } from './hash.js';

/** RSASSA-PSS-params (RFC 4055 §3.1) with one hash for message and mask. */
export interface PssParameters {
  readonly kind: 'parameters';
  readonly hash: Hash;
  /** Any length that the standard allows: OpenSSL's default is the longest for which the key has room. */
  readonly saltLength: number;
}

export type ReadPssParameters = PssParameters | { readonly kind: 'malformed'; readonly problem: string };

/** Longer than the longest RSA key that is accepted. */
const LONGEST_SALT = 0xffff;

/** Reads RSASSA-PSS-params. Throws DerError. */
export function readPssParameters(element: Element): ReadPssParameters {
  const fields = sequence(element, 'RSASSA-PSS-params');
  const hash = fields.optional(contextTag(0));
  const mask = fields.optional(contextTag(1));
  const saltLength = readInteger(fields.optional(contextTag(2)), 20);
  const trailer = readInteger(fields.optional(contextTag(3)), 1);
  if (!fields.atEnd) return malformed('has parameters too many');
  // SHA-1 is the default of both.
  const messageHash = hash ? readHashAlgorithm(hash.content) : 'sha1';
  const maskHash = mask ? readMaskHash(mask.content) : 'sha1';
  if (messageHash === undefined || messageHash !== maskHash)
    return malformed('does not use one known hash for message and mask');
  if (trailer !== 1) return malformed('has a trailer field other than 1');
  if (saltLength === undefined) return malformed('has a salt length that no key has room for');
  return { kind: 'parameters', hash: messageHash, saltLength };
}

function malformed(problem: string): ReadPssParameters {
  return { kind: 'malformed', problem };
}

const MGF1 = '1.2.840.113549.1.1.8';

function readMaskHash(identifier: Uint8Array): Hash | undefined {
  const fields = sequence(identifier, 'maskGenAlgorithm');
  if (readOid(fields.next(TAG.oid, 'algorithm').content) !== MGF1) return undefined;
  const hash = readHashAlgorithm(fields.next(TAG.sequence, 'hash of the mask'));
  return fields.atEnd ? hash : undefined;
}

/** Undefined for a number that is negative or beyond reason. */
function readInteger(wrapped: Element | undefined, fallback: number): number | undefined {
  if (wrapped === undefined) return fallback;
  const { content } = readOnly(wrapped.content, TAG.integer, 'a PSS parameter');
  if (content.length === 0 || isNegative(content)) return undefined;
  const value = unsigned(content);
  return value > LONGEST_SALT ? undefined : Number(value);
}
