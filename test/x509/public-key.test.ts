import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readPublicKey } from '../../src/x509/keys/public-key.js';
import { bits, childrenOf, concat, contentOf, hex, int, nul, type Octets, oid, seq } from '../support/der.js';
import { makeRandom } from '../support/random.js';
import { soundKeys } from './support/sound-keys.js';

/** Expected results for sound keys of other kinds. */
const NOT_ACCEPTED: Readonly<Record<string, object>> = {
  DSA: { kind: 'other', name: 'DSA' },
  DH: { kind: 'other', name: '1.2.840.113549.1.3.1' },
  X25519: { kind: 'other', name: 'X25519' },
  X448: { kind: 'other', name: 'X448' },
  'P-224': { kind: 'weak', problem: 'curve P-224 is not P-256, P-384 or P-521' },
  secp256k1: { kind: 'weak', problem: 'curve secp256k1 is not P-256, P-384 or P-521' },
  sect283k1: { kind: 'weak', problem: 'curve 1.3.132.0.16 is not P-256, P-384 or P-521' },
};

const ACCEPTED: Readonly<Record<string, object>> = {
  RSA: { kind: 'rsa', bits: 2048 },
  PSS: { kind: 'rsa-pss', bits: 2048, restriction: undefined },
  'PSS of SHA-256': { kind: 'rsa-pss', bits: 2048, restriction: { hash: 'sha256', saltLength: 32 } },
  'P-256': { kind: 'ec', curve: 'P-256' },
  'P-384': { kind: 'ec', curve: 'P-384' },
  'P-521': { kind: 'ec', curve: 'P-521' },
  Ed25519: { kind: 'ed25519' },
  Ed448: { kind: 'ed448' },
};

describe('keys that Node.js makes', () => {
  test.each(soundKeys())('%s', (kind, spki) => {
    expect(readPublicKey(spki)).toMatchObject(ACCEPTED[kind] ?? NOT_ACCEPTED[kind] ?? {});
    expect('object' in readPublicKey(spki)).toBe(kind in ACCEPTED);
  });

  test('a restricted PSS key is read with the numbers that Node.js tells', () => {
    const [, spki] = soundKeys().find(([kind]) => kind === 'PSS of SHA-256')!;
    const { asymmetricKeyDetails } = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    expect(asymmetricKeyDetails).toMatchObject({ hashAlgorithm: 'sha256', saltLength: 32 });
  });
});

/** Reports whether OpenSSL accepts the key. */
function isRead(spki: Octets): boolean {
  try {
    createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    return true;
  } catch {
    return false;
  }
}

describe('points', () => {
  test.each(['P-256', 'P-384', 'P-521'])('%s: on the curve exactly where OpenSSL says so', (namedCurve) => {
    const random = makeRandom(1);
    for (let round = 0; round < 50; round++) {
      const { publicKey } = generateKeyPairSync('ec', { namedCurve });
      const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
      expect(readPublicKey(spki).kind).toBe('ec');
      const at = spki.length - 1 - Math.floor(random.below(60));
      const changed = spki.with(at, (spki[at] ?? 0) ^ (1 << Math.floor(random.below(8))));
      expect(readPublicKey(changed).kind === 'ec').toBe(isRead(changed));
    }
  });

  test.each(['ed25519', 'ed448'] as const)('%s: every key that Node.js makes is on its curve', (kind) => {
    for (let round = 0; round < 50; round++) {
      const { publicKey } = generateKeyPairSync(kind as 'ed25519');
      const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
      expect(readPublicKey(spki).kind).toBe(kind);
    }
  });
});

/** Affine arithmetic of RFC 8032 §5.1.4 and §5.2.4, by the formulas of twisted Edwards curves. */
interface Curve {
  readonly id: string;
  readonly octets: number;
  readonly p: bigint;
  readonly a: bigint;
  readonly d: bigint;
  readonly doublings: number;
  /** Points of small order, one for each y. */
  readonly ordinates: readonly bigint[];
}

const P25519 = 2n ** 255n - 19n;
const P448 = 2n ** 448n - 2n ** 224n - 1n;
const ORDER_8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;

const CURVES: readonly (readonly [string, Curve])[] = [
  [
    'Ed25519',
    {
      id: '1.3.101.112',
      octets: 32,
      p: P25519,
      a: P25519 - 1n,
      d: 37095705934669439343138083508754565189542113879843219016388785533085940283555n,
      doublings: 3,
      ordinates: [0n, 1n, P25519 - 1n, ORDER_8, P25519 - ORDER_8],
    },
  ],
  [
    'Ed448',
    {
      id: '1.3.101.113',
      octets: 57,
      p: P448,
      a: 1n,
      d: P448 - 39081n,
      doublings: 2,
      ordinates: [0n, 1n, P448 - 1n],
    },
  ],
];

function power(base: bigint, exponent: bigint, p: bigint): bigint {
  let [result, square, left] = [1n, base % p, exponent];
  for (; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % p;
    square = (square * square) % p;
  }
  return result;
}

const inverse = (value: bigint, p: bigint) => power(value, p - 2n, p);

/** The y of the doubled point, for which the squares of x and y suffice. */
function doubleOrdinate({ p, a, d }: Curve, y: bigint): bigint {
  const y2 = (y * y) % p;
  const x2 = (((1n - y2 + p) % p) * inverse((a - ((d * y2) % p) + p) % p, p)) % p;
  const product = (((d * x2) % p) * y2) % p;
  return ((((y2 - a * x2) % p) + p) * inverse((1n - product + p) % p, p)) % p;
}

function encode({ octets }: Curve, y: bigint, sign: number): Octets {
  const digits = hex(y.toString(16).padStart(octets * 2, '0')).toReversed();
  return digits.with(octets - 1, (digits[octets - 1] ?? 0) | sign);
}

describe.each(CURVES)('%s: keys of small order', (_, curve) => {
  test('are of small order, and refused with either sign', () => {
    for (const y of curve.ordinates) {
      let ordinate = y;
      for (let round = 0; round < curve.doublings; round++) ordinate = doubleOrdinate(curve, ordinate);
      expect(ordinate).toBe(1n);
      for (const sign of [0, 0x80]) {
        const spki = seq(seq(oid(curve.id)), bits(encode(curve, y, sign)));
        expect(readPublicKey(spki)).toMatchObject({
          kind: 'unsound',
          problem: expect.stringContaining('small order') as string,
        });
      }
    }
  });
});

describe('RSA', () => {
  const [, spki] = soundKeys().find(([kind]) => kind === 'RSA')!;
  const [modulus] = childrenOf(contentOf(childrenOf(spki)[1]!).subarray(1)).map(contentOf) as [Octets];
  const rsa = (n: Octets, e: Octets) =>
    readPublicKey(seq(seq(oid('1.2.840.113549.1.1.1'), nul()), bits(seq(int(n), int(e)))));
  const ofBits = (count: number) => concat(hex('00'), new Uint8Array(count / 8).fill(0xff));

  test.each([
    [3, 'rsa'],
    [65_537, 'rsa'],
    [2 ** 31 - 1, 'rsa'],
    [2 ** 31 + 1, 'unsound'],
    [0, 'unsound'],
    [1, 'unsound'],
    [2, 'unsound'],
    [65_536, 'unsound'],
  ])('exponent %i: %s', (exponent, kind) => {
    expect(rsa(modulus, contentOf(int(exponent))).kind).toBe(kind);
  });

  test.each([
    [1024, 'weak'],
    [2040, 'weak'],
    [2048, 'rsa'],
    [16_384, 'rsa'],
    [16_392, 'unsound'],
  ])('modulus of %i bits: %s', (count, kind) => {
    expect(rsa(ofBits(count), hex('010001'))).toMatchObject({ kind });
  });
});
