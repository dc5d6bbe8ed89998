import { sequence, TAG } from '../der.js';
import { assertStrictDer } from '../strict-der.js';
import { isNegative, unsigned } from '../values.js';

export type RsaKey =
  | { readonly kind: 'sound'; readonly bits: number }
  | { readonly kind: 'weak' | 'unsound'; readonly problem: string };

const MINIMUM_BITS = 2048;
/** OpenSSL and NSS accept no longer modulus, with which each signature would take seconds. */
const MAXIMUM_BITS = 16_384;
/** The length of an exponent below 2^31. Go and Windows accept no larger one. */
const EXPONENT_OCTETS = 4;

/** Reads RSAPublicKey (RFC 8017 §A.1.1) and checks its numbers (§3.1). Throws DerError. */
export function readRsaKey(der: Uint8Array): RsaKey {
  assertStrictDer(der);
  const fields = sequence(der, 'RSAPublicKey');
  const modulus = fields.next(TAG.integer, 'modulus').content;
  const exponent = fields.next(TAG.integer, 'publicExponent').content;
  fields.end();
  const problem = modulusProblem(modulus) ?? exponentProblem(exponent);
  if (problem !== undefined) return { kind: 'unsound', problem };
  const bits = bitsOf(modulus);
  if (bits < MINIMUM_BITS)
    return { kind: 'weak', problem: `RSA key of ${bits} bits, less than ${MINIMUM_BITS}` };
  return { kind: 'sound', bits };
}

function modulusProblem(modulus: Uint8Array): string | undefined {
  if (isNegative(modulus)) return 'has a negative RSA modulus';
  if (isEven(modulus)) return 'has an even RSA modulus, which is not a product of two large primes';
  const bits = bitsOf(modulus);
  if (bits > MAXIMUM_BITS) return `has an RSA modulus of ${bits} bits, more than ${MAXIMUM_BITS}`;
  return undefined;
}

/**
 * Checks that an exponent is odd and at least 3 (RFC 8017 §3.1). With the exponent 1 every message is its own
 * signature, so Go and BoringSSL refuse it.
 */
function exponentProblem(exponent: Uint8Array): string | undefined {
  if (isNegative(exponent)) return 'has a negative RSA exponent';
  if (exponent.length > EXPONENT_OCTETS)
    return `has an RSA exponent of ${bitsOf(exponent)} bits, more than the 31 that all clients take`;
  const value = unsigned(exponent);
  if (isEven(exponent)) return `has the even RSA exponent ${value}`;
  return value < 3n ? `has the RSA exponent ${value}, with which anybody can sign` : undefined;
}

function isEven(content: Uint8Array): boolean {
  return ((content.at(-1) ?? 0) & 1) === 0;
}

/** Counts the bits of a positive INTEGER, which may begin with a zero octet for its sign. */
function bitsOf(content: Uint8Array): number {
  const first = content[0] === 0 ? 1 : 0;
  const top = content[first];
  return top === undefined ? 0 : (content.length - first - 1) * 8 + (32 - Math.clz32(top));
}
