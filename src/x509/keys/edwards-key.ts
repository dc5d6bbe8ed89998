import { unsigned } from '../values.js';

export type EdwardsKey = { readonly kind: 'sound' } | { readonly kind: 'unsound'; readonly problem: string };

/** The curve x² = u / v modulo p, where u and v depend on y (RFC 8032 §5.1.3, §5.2.3). */
interface Curve {
  readonly name: string;
  readonly octets: number;
  readonly p: bigint;
  fraction(ySquared: bigint): { readonly u: bigint; readonly v: bigint };
  /** The y coordinates of the points whose order divides the cofactor: 8 for Ed25519, 4 for Ed448. */
  readonly smallOrder: readonly bigint[];
}

const P25519 = 2n ** 255n - 19n;
const P448 = 2n ** 448n - 2n ** 224n - 1n;
/** -121665/121666 */
const D25519 = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
/** The y coordinate of two of the four points of order 8. That of the other two is its negative. */
const ORDER_8 = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;

const ED25519: Curve = {
  name: 'Ed25519',
  octets: 32,
  p: P25519,
  fraction: (ySquared) => ({ u: ySquared - 1n, v: D25519 * ySquared + 1n }),
  smallOrder: [0n, 1n, P25519 - 1n, ORDER_8, P25519 - ORDER_8],
};

const ED448: Curve = {
  name: 'Ed448',
  octets: 57,
  p: P448,
  fraction: (ySquared) => ({ u: ySquared - 1n, v: -39081n * ySquared - 1n }),
  smallOrder: [0n, 1n, P448 - 1n],
};

export function readEd25519Key(key: Uint8Array): EdwardsKey {
  return readKey(ED25519, key);
}

export function readEd448Key(key: Uint8Array): EdwardsKey {
  return readKey(ED448, key);
}

/**
 * Checks that a key is a point of the curve, in canonical encoding, and not of small order (NIST SP 800-186 §D.1.3).
 */
function readKey(curve: Curve, key: Uint8Array): EdwardsKey {
  const problem = problemOf(curve, key);
  return problem === undefined ? { kind: 'sound' } : { kind: 'unsound', problem };
}

function problemOf({ name, octets, p, fraction, smallOrder }: Curve, key: Uint8Array): string | undefined {
  if (key.length !== octets) return `has ${key.length} octets where ${name} has ${octets}`;
  const y = ordinate(key);
  if (y >= p) return `has a coordinate that is too large for ${name}`;
  if (smallOrder.includes(y)) return 'is a point of small order, with which anybody can sign';
  const { u, v } = fraction(y * y);
  return isSquare(u * v, p) ? undefined : `is not a point of ${name}`;
}

/** Reads the y coordinate: little-endian, without the sign of x in the highest bit. */
function ordinate(key: Uint8Array): bigint {
  const octets = key.toReversed();
  return unsigned(octets.with(0, (octets[0] ?? 0) & 0x7f));
}

/** Applies Euler's criterion. u / v is a square exactly if u v is. */
function isSquare(value: bigint, p: bigint): boolean {
  const residue = ((value % p) + p) % p;
  return residue === 0n || power(residue, (p - 1n) / 2n, p) === 1n;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === '1') result = (result * base) % modulus;
  }
  return result;
}
