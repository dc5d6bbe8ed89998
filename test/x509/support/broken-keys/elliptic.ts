import { createECDH, generateKeyPairSync, getCurves } from 'node:crypto';
import {
  bits,
  childrenOf,
  concat,
  hex,
  int,
  nul,
  octets,
  type Octets,
  oid,
  seq,
  set,
} from '../../../support/der.js';
import { type BrokenKey, type Named, PARAMETERS, spki } from './broken-key.js';

const EC_PUBLIC_KEY = '1.2.840.10045.2.1';
/** id-ecDH and id-ecMQV (RFC 5480 §2.1.2), whose keys are not for signing. */
const FOR_AGREEMENT = ['1.3.132.1.12', '1.3.132.1.13'];

/** Keys on every curve that OpenSSL knows, with points of every form, and with parameters of every form. */
export function* ellipticKeys(): Generator<BrokenKey> {
  // The curves of Oakley have no OBJECT IDENTIFIER.
  for (const curve of getCurves().filter((name) => !name.startsWith('Oakley'))) yield* onCurve(curve);
  const { point } = baseOf('prime256v1');
  const variants = [...pointVariants(point)];
  for (const [what, parameters] of [...PARAMETERS, ...explicitVariants()]) {
    for (const [form, octets] of [['as it should be', point] as const, ...variants])
      yield { name: `EC, parameters ${what}, point ${form}`, spki: spki(EC_PUBLIC_KEY, parameters, octets) };
  }
}

function* onCurve(curve: string): Generator<BrokenKey> {
  const { named, explicit, point } = baseOf(curve);
  for (const [form, octets] of pointVariants(point)) {
    const name = `${curve}, point ${form}`;
    yield { name, spki: spki(EC_PUBLIC_KEY, named, octets) };
    yield { name: `${name}, explicit`, spki: spki(EC_PUBLIC_KEY, explicit, octets) };
  }
  yield { name: `${curve}, explicit`, spki: spki(EC_PUBLIC_KEY, explicit, point) };
  for (const unused of [1, 7]) {
    const name = `${curve}, ${unused} unused bits`;
    yield { name, spki: spki(EC_PUBLIC_KEY, named, point, unused) };
  }
  for (const algorithm of FOR_AGREEMENT)
    yield { name: `${curve}, ${algorithm}`, spki: spki(algorithm, named, point) };
}

interface Base {
  /** The parameters: the name of the curve, and all numbers of it. */
  readonly named: Octets;
  readonly explicit: Octets;
  /** The base point, uncompressed. */
  readonly point: Octets;
}

function baseOf(curve: string): Base {
  const parameters = (paramEncoding: 'named' | 'explicit') => {
    const options = { namedCurve: curve, paramEncoding, publicKeyEncoding: { type: 'spki', format: 'der' } };
    const { publicKey } = generateKeyPairSync('ec', options as never) as unknown as { publicKey: Buffer };
    const [, found] = childrenOf(childrenOf(publicKey)[0] as Octets);
    return found as Octets;
  };
  const agreement = createECDH(curve);
  agreement.setPrivateKey(Uint8Array.of(1));
  return {
    named: parameters('named'),
    explicit: parameters('explicit'),
    point: new Uint8Array(agreement.getPublicKey()),
  };
}

/** SEC 1 §2.3.3 and what it does not know. */
function* pointVariants(point: Octets): Generator<Named> {
  const size = (point.length - 1) / 2;
  const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)];
  const [zero, ff] = [new Uint8Array(size), new Uint8Array(size).fill(0xff)];
  const flipped = y.map((octet, index) => (index === size - 1 ? octet ^ 1 : octet));
  yield ['without octets', concat()];
  yield ['at infinity', hex('00')];
  yield ['at infinity, padded', concat(hex('00'), zero, zero)];
  yield ['at infinity, with coordinates', concat(hex('00'), x, y)];
  yield ['00 twice', hex('0000')];
  for (const prefix of [2, 3]) {
    yield [`compressed, 0${prefix}`, concat(Uint8Array.of(prefix), x)];
    yield [`compressed, 0${prefix}, x = 0`, concat(Uint8Array.of(prefix), zero)];
    yield [`compressed, 0${prefix}, x too large`, concat(Uint8Array.of(prefix), ff)];
    yield [`compressed, 0${prefix}, x of one octet less`, concat(Uint8Array.of(prefix), x.subarray(1))];
    yield [`compressed, 0${prefix}, both coordinates`, concat(Uint8Array.of(prefix), x, y)];
  }
  for (const last of Array.from({ length: 8 }, (_, index) => index))
    yield [`compressed, x ends in ${last}`, concat(hex('02'), zero.subarray(1), Uint8Array.of(last))];
  for (const prefix of [6, 7]) {
    yield [`hybrid, 0${prefix}`, concat(Uint8Array.of(prefix), x, y)];
    yield [`hybrid, 0${prefix}, off the curve`, concat(Uint8Array.of(prefix), x, flipped)];
    yield [`hybrid, 0${prefix}, x = 0`, concat(Uint8Array.of(prefix), zero, y)];
  }
  for (const prefix of [1, 5, 8, 0x84, 0xff])
    yield [`of form ${prefix}`, concat(Uint8Array.of(prefix), x, y)];
  yield ['off the curve', concat(hex('04'), x, flipped)];
  yield ['with x and y changed over', concat(hex('04'), y, x)];
  yield ['(0, 0)', concat(hex('04'), zero, zero)];
  yield ['(0, y)', concat(hex('04'), zero, y)];
  yield ['with coordinates too large', concat(hex('04'), ff, ff)];
  yield ['04 alone', hex('04')];
  yield ['with x alone', concat(hex('04'), x)];
  yield ['of one octet less', point.subarray(0, -1)];
  yield ['of one octet more', concat(point, hex('00'))];
  yield ['twice', concat(point, point)];
  yield ['in an OCTET STRING', octets(point)];
  yield ['without its form', point.subarray(1)];
  yield ['of 3,000 octets', concat(hex('04'), new Uint8Array(3000).fill(1))];
}

interface Numbers {
  version: Octets;
  field: Octets;
  curve: Octets;
  base: Octets;
  order: Octets;
  cofactor: Octets;
}

const P256 = {
  p: hex('00ffffffff00000001000000000000000000000000ffffffffffffffffffffffff'),
  a: hex('ffffffff00000001000000000000000000000000fffffffffffffffffffffffc'),
  b: hex('5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b'),
  order: hex('00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'),
};

const PRIME_FIELD = oid('1.2.840.10045.1.1');
const BINARY_FIELD = oid('1.2.840.10045.1.2');

function parameters(change: Partial<Numbers>): Octets {
  const numbers: Numbers = {
    version: int(1),
    field: seq(PRIME_FIELD, int(P256.p)),
    curve: seq(octets(P256.a), octets(P256.b)),
    base: octets(baseOf('prime256v1').point),
    order: int(P256.order),
    cofactor: int(1),
    ...change,
  };
  return seq(...Object.values(numbers));
}

/** The numbers of P-256 in SpecifiedECDomain (RFC 5480 §2.1.1 forbids it), one of which is another. */
function* explicitVariants(): Generator<Named> {
  yield ['implicitCurve', nul()];
  yield ['with the numbers of P-256', parameters({})];
  const replaced = (part: keyof Numbers, values: readonly Named[]) =>
    values.map(([what, value]): Named => [`with ${part} ${what}`, parameters({ [part]: value })]);
  yield* replaced('version', integers());
  yield* replaced('order', integers());
  yield* replaced('cofactor', [...integers(), ['absent', concat()]]);
  yield* replaced(
    'field',
    integers().map(([what, p]): Named => [what, seq(PRIME_FIELD, p)]),
  );
  yield* replaced('field', binaryFields());
  yield* replaced('curve', [
    ['of zeros', seq(octets(new Uint8Array(32)), octets(new Uint8Array(32)))],
    ['without octets', seq(octets(), octets())],
    ['of 10,000 octets', seq(octets(new Uint8Array(10_000).fill(7)), octets(P256.b))],
    ['with a seed', seq(octets(P256.a), octets(P256.b), bits(new Uint8Array(20)))],
    ['alone', seq(octets(P256.a))],
  ]);
  yield* replaced('base', [
    ['at infinity', octets(hex('00'))],
    ['without octets', octets()],
    ['of zeros', octets(hex('04'), new Uint8Array(64))],
    ['of 10,000 octets', octets(hex('04'), new Uint8Array(10_000))],
  ]);
}

function integers(): Named[] {
  const large = (size: number) => new Uint8Array(size).fill(0x7f);
  return [
    ['0', int(0)],
    ['1', int(1)],
    ['2', int(2)],
    ['4', int(4)],
    ['-1', int(hex('ff'))],
    ['even', int(P256.p.with(P256.p.length - 1, 0xfe))],
    ['composite', int(P256.p.with(P256.p.length - 1, 0xfd))],
    ['negative', int(hex('80'.padEnd(64, '0')))],
    ['of 83 octets', int(large(83))],
    ['of 1,000 octets', int(large(1000))],
    ['of 10,000 octets', int(large(10_000))],
    ['without octets', int(concat())],
  ];
}

const TRINOMIAL = oid('1.2.840.10045.1.2.3.2');
const PENTANOMIAL = oid('1.2.840.10045.1.2.3.3');

/** GF(2^m) by trinomials and pentanomials that are none, or are huge (X9.62 §6). */
function binaryFields(): Named[] {
  const field = (m: number, basis: Octets, exponents: Octets) =>
    seq(BINARY_FIELD, seq(int(m), basis, exponents));
  return [
    ['of two elements', field(1, TRINOMIAL, int(0))],
    ['of degree 0', field(0, TRINOMIAL, int(0))],
    ['of degree 233', field(233, TRINOMIAL, int(74))],
    ['of degree 661', field(661, TRINOMIAL, int(1))],
    ['of degree 100,000', field(100_000, TRINOMIAL, int(99_999))],
    ['of degree 2^31 - 1', field(2 ** 31 - 1, TRINOMIAL, int(1))],
    ['of a pentanomial backwards', field(571, PENTANOMIAL, seq(int(10), int(5), int(2)))],
    ['of a pentanomial of zeros', field(571, PENTANOMIAL, seq(int(0), int(0), int(0)))],
    ['of a normal basis', field(233, oid('1.2.840.10045.1.2.3.1'), nul())],
    ['of an unknown basis', seq(BINARY_FIELD, seq(int(233), oid('1.2.3'), set()))],
  ];
}
