import { generateKeyPairSync } from 'node:crypto';
import { concat, explicit, hex, int, nul, octets, type Octets, oid, seq, tlv } from '../../../support/der.js';
import { type BrokenKey, FILLINGS, type Named, PARAMETERS, spki } from './broken-key.js';

const RSA = '1.2.840.113549.1.1.1';
const PSS = '1.2.840.113549.1.1.10';
/** id-RSAES-OAEP (RFC 4055 §4), rsa of X.509, and rsaOAEPEncryptionSET of Microsoft. */
const OTHERS = ['1.2.840.113549.1.1.7', '2.5.8.1.1', '1.2.840.113549.1.1.6'];

/** Keys of RSA with every modulus and every exponent that is none, in every form. */
export function* rsaKeys(): Generator<BrokenKey> {
  const { modulus } = sound();
  for (const [m, n] of moduli(modulus)) {
    for (const [x, e] of exponents(modulus)) {
      if (`${m} ${x}` !== 'sound sound')
        yield { name: `RSA, modulus ${m}, exponent ${x}`, spki: spki(RSA, nul(), seq(n, e)) };
    }
  }
  const key = seq(int(modulus), int(65_537));
  for (const [what, parameters] of PARAMETERS.filter(([name]) => name !== 'NULL'))
    yield { name: `RSA, parameters ${what}`, spki: spki(RSA, parameters, key) };
  for (const [what, parameters] of pssParameters())
    yield { name: `RSA of PSS, parameters ${what}`, spki: spki(PSS, parameters, key) };
  for (const algorithm of OTHERS) {
    for (const [what, parameters] of PARAMETERS)
      yield { name: `RSA of ${algorithm}, parameters ${what}`, spki: spki(algorithm, parameters, key) };
  }
  for (const [what, octets] of forms(modulus)) {
    yield { name: `RSA, key ${what}`, spki: spki(RSA, nul(), octets) };
    yield { name: `RSA of PSS, key ${what}`, spki: spki(PSS, concat(), octets) };
  }
}

function sound(): { modulus: Octets } {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n } = publicKey.export({ format: 'jwk' });
  return { modulus: concat(hex('00'), Buffer.from(n ?? '', 'base64url')) };
}

/** A number of so many bits: the first and the last bit are set. */
function numberOf(bits: number): Octets {
  const octets = new Uint8Array(Math.ceil(bits / 8) + 1).fill(0x5a);
  octets[0] = 0;
  octets[1] = 1 << ((bits - 1) % 8);
  octets[octets.length - 1] = 1 | (octets.at(-1) ?? 0);
  return octets[1] >= 0x80 ? octets : octets.subarray(1);
}

function moduli(modulus: Octets): Named[] {
  const last = modulus.length - 1;
  return [
    ['sound', int(modulus)],
    ...[0, 1, 2, 3, 15, 255].map((value): Named => [`${value}`, int(value)]),
    ['-1', int(hex('ff'))],
    ['negative', int(modulus.subarray(1).with(0, 0x80))],
    ['even', int(modulus.with(last, modulus[last]! & 0xfe))],
    ['another odd number', int(modulus.with(last, (modulus[last]! + 2) | 1))],
    ['a power of two', int(concat(hex('0080'), new Uint8Array(255)))],
    ['of ones', int(concat(hex('00'), new Uint8Array(256).fill(0xff)))],
    ...[8, 64, 512, 1024, 2047, 2049, 3072, 4096, 8192, 16_384, 16_385, 32_768].map((bits): Named => [
      `of ${bits} bits`,
      int(numberOf(bits)),
    ]),
    ['without octets', int(concat())],
    ['padded', int(concat(hex('0000'), modulus))],
    ['as an OCTET STRING', octets(modulus)],
  ];
}

function exponents(modulus: Octets): Named[] {
  return [
    ['sound', int(65_537)],
    ...[0, 1, 2, 3, 4, 65_536, 2 ** 31 - 1, 2 ** 31 + 1, 2 ** 32 + 1, 2 ** 33 - 1].map((value): Named => [
      `${value}`,
      int(value),
    ]),
    ['-1', int(hex('ff'))],
    ['-3', int(hex('fd'))],
    ...[65, 256, 257, 2047, 4096, 16_384].map((bits): Named => [`of ${bits} bits`, int(numberOf(bits))]),
    ['the modulus', int(modulus)],
    ['padded', int(hex('0000010001'))],
    ['without octets', int(concat())],
    ['absent', concat()],
    ['twice', concat(int(3), int(3))],
  ];
}

function* forms(modulus: Octets): Generator<Named> {
  const key = seq(int(modulus), int(65_537));
  yield* FILLINGS;
  yield ['cut', key.subarray(0, -1)];
  yield ['with an octet behind', concat(key, hex('00'))];
  yield ['as a SET', tlv(0x31, int(modulus), int(65_537))];
  yield ['in a SEQUENCE', seq(key)];
  yield ['in an OCTET STRING', octets(key)];
  yield ['with a private part', seq(int(modulus), int(65_537), int(modulus))];
  yield ['backwards', seq(int(65_537), int(modulus))];
  yield ['of a thousand numbers', seq(...Array.from({ length: 1000 }, () => int(3)))];
}

const HASHES = {
  md5: '1.2.840.113549.2.5',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha512: '2.16.840.1.101.3.4.2.3',
  shake128: '2.16.840.1.101.3.4.2.11',
  unknown: '1.3.6.1.4.1.55555.5',
  rsa: RSA,
};
const MGF1 = '1.2.840.113549.1.1.8';

/** RSASSA-PSS-params (RFC 4055 §3.1) of every hash, mask, salt and trailer, and what is none. */
function* pssParameters(): Generator<Named> {
  const salts: readonly Named[] = [
    ['absent', concat()],
    ...[0, 32, 222, 223, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 40].map((value): Named => [
      `${value}`,
      explicit(2, int(value)),
    ]),
    ['negative', explicit(2, int(hex('80')))],
    ['huge', explicit(2, int(numberOf(8000)))],
    ['empty', explicit(2)],
  ];
  for (const [hash, id] of Object.entries(HASHES)) {
    for (const [mask, maskId] of Object.entries(HASHES)) {
      const [h, m] = [explicit(0, seq(oid(id), nul())), explicit(1, seq(oid(MGF1), seq(oid(maskId), nul())))];
      for (const [salt, s] of salts) yield [`${hash}, mask ${mask}, salt ${salt}`, seq(h, m, s)];
    }
  }
  yield* PARAMETERS.filter(([name]) => name !== 'absent');
  for (const trailer of [0, 2, 127, 2 ** 40]) yield [`trailer ${trailer}`, seq(explicit(3, int(trailer)))];
  yield ['of an unknown mask', seq(explicit(1, seq(oid('1.2.3.4'), nul())))];
  yield ['of a mask without a hash', seq(explicit(1, seq(oid(MGF1))))];
  yield ['out of order', seq(explicit(2, int(32)), explicit(0, seq(oid(HASHES.sha256))))];
  yield ['with an unknown field', seq(explicit(4, int(1)))];
}
