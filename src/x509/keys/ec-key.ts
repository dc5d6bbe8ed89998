import { type Element, TAG } from '../der.js';
import { readOid, unsigned } from '../values.js';

export type EcKey =
  | { readonly kind: 'sound'; readonly curve: string }
  | { readonly kind: 'weak' | 'unsound'; readonly problem: string };

/**
 * The curve y² = x³ - 3x + b modulo p (SEC 2 §2.4, §2.5, §2.6). Its cofactor is 1: each point but infinity has full
 * order.
 */
interface Curve {
  readonly name: string;
  readonly octets: number;
  readonly p: bigint;
  readonly b: bigint;
}

const CURVES: Readonly<Record<string, Curve>> = {
  '1.2.840.10045.3.1.7': {
    name: 'P-256',
    octets: 32,
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  '1.3.132.0.34': {
    name: 'P-384',
    octets: 48,
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  '1.3.132.0.35': {
    name: 'P-521',
    octets: 66,
    p: 2n ** 521n - 1n,
    b: 0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  },
};

/** The names of other curves, for messages. */
const OTHER_CURVES: Readonly<Record<string, string>> = {
  '1.2.840.10045.3.1.1': 'P-192',
  '1.3.132.0.33': 'P-224',
  '1.3.132.0.10': 'secp256k1',
  '1.3.36.3.3.2.8.1.1.7': 'brainpoolP256r1',
  '1.3.36.3.3.2.8.1.1.11': 'brainpoolP384r1',
  '1.3.36.3.3.2.8.1.1.13': 'brainpoolP512r1',
  '1.2.156.10197.1.301': 'SM2',
};

/** Reads ECParameters and ECPoint (RFC 5480 §2.1.1, §2.2) and validates the point (SEC 1 §3.2.2.1). Throws DerError. */
export function readEcKey(parameters: Element | undefined, point: Uint8Array): EcKey {
  if (parameters?.tag !== TAG.oid) return { kind: 'unsound', problem: unnamedCurve(parameters?.tag) };
  const oid = readOid(parameters.content);
  const curve = CURVES[oid];
  if (curve === undefined) {
    return { kind: 'weak', problem: `curve ${OTHER_CURVES[oid] ?? oid} is not P-256, P-384 or P-521` };
  }
  const problem = formProblem(curve, point) ?? coordinatesProblem(curve, point);
  return problem === undefined ? { kind: 'sound', curve: curve.name } : { kind: 'unsound', problem };
}

/**
 * Describes parameters that do not name a curve. implicitCurve and specifiedCurve must not be used (RFC 5480 §2.1.1),
 * because explicit numbers can describe a weak curve.
 */
function unnamedCurve(tag: number | undefined): string {
  return tag === TAG.sequence
    ? 'spells out the numbers of its curve instead of naming it'
    : 'does not name its curve';
}

/**
 * Checks the form of a point (SEC 1 §2.3.3). Go, NSS and GnuTLS read only uncompressed points; RFC 5480 §2.2 forbids
 * the hybrid form.
 */
function formProblem({ name, octets }: Curve, point: Uint8Array): string | undefined {
  const [form] = point;
  if (form === undefined) return 'has no point';
  if (form === 0) return 'is the point at infinity, with which anybody can sign';
  if (form === 2 || form === 3) return 'has a compressed point, which not all clients read';
  if (form === 6 || form === 7) return 'has a point in hybrid form, which RFC 5480 forbids';
  if (form !== 4) return `has a point in the unknown form ${form}`;
  if (point.length === 1 + 2 * octets) return undefined;
  return `has a point of ${point.length} octets where ${name} has ${1 + 2 * octets}`;
}

function coordinatesProblem({ name, octets, p, b }: Curve, point: Uint8Array): string | undefined {
  const x = unsigned(point.subarray(1, 1 + octets));
  const y = unsigned(point.subarray(1 + octets));
  if (x >= p || y >= p) return `has coordinates that are too large for ${name}`;
  return (y * y - (x * x * x - 3n * x + b)) % p === 0n ? undefined : `has a point that is not on ${name}`;
}
