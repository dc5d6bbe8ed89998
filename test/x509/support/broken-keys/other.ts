import { concat, hex, int, nul, octets, type Octets, oid, seq } from '../../../support/der.js';
import { type BrokenKey, FILLINGS, type Named, PARAMETERS, spki } from './broken-key.js';

const EDWARDS = { X25519: '1.3.101.110', X448: '1.3.101.111', Ed25519: '1.3.101.112', Ed448: '1.3.101.113' };

/** RFC 8410: keys of every length, of small order, no points, and with parameters. */
export function* edwardsKeys(): Generator<BrokenKey> {
  for (const [kind, id] of Object.entries(EDWARDS)) {
    for (let length = 0; length <= 70; length++) {
      for (const filling of [0, 1, 0x7f, 0xff]) {
        const key = new Uint8Array(length).fill(filling);
        yield { name: `${kind}, ${length} octets of ${filling}`, spki: spki(id, concat(), key) };
      }
    }
    const size = id.endsWith('.110') || id.endsWith('.112') ? 32 : kind === 'X448' ? 56 : 57;
    for (const [what, key] of points(size)) {
      yield { name: `${kind}, ${what}`, spki: spki(id, concat(), key) };
      yield { name: `${kind}, ${what}, parameters NULL`, spki: spki(id, nul(), key) };
    }
    for (const [what, parameters] of PARAMETERS)
      yield { name: `${kind}, parameters ${what}`, spki: spki(id, parameters, new Uint8Array(size).fill(9)) };
    for (const [what, filling] of FILLINGS)
      yield { name: `${kind}, key ${what}`, spki: spki(id, concat(), filling) };
  }
}

const SMALL_ORDER = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
];

function* points(size: number): Generator<Named> {
  for (const text of SMALL_ORDER) {
    yield [
      `the point ${text.slice(0, 8)}…${text.slice(-2)}`,
      new Uint8Array(size).map((_, at) => hex(text)[at] ?? 0),
    ];
  }
  for (let last = 0; last < 64; last++) {
    yield [`y = ${last}`, new Uint8Array(size).with(0, last)];
    yield [`y = ${last}, negative`, new Uint8Array(size).with(0, last).with(size - 1, 0x80)];
  }
}

/** Dss-Parms and DomainParameters (RFC 3279 §2.3.2, §2.3.3), and those of PKCS #3. */
const MULTIPLICATIVE = {
  DSA: '1.2.840.10040.4.1',
  DH: '1.2.840.10046.2.1',
  'PKCS #3': '1.2.840.113549.1.3.1',
};

export function* multiplicativeKeys(): Generator<BrokenKey> {
  for (const [kind, id] of Object.entries(MULTIPLICATIVE)) {
    for (const [p, prime] of NUMBERS) {
      for (const [q, order] of NUMBERS) {
        const parameters = seq(prime, order, int(2));
        yield { name: `${kind}, p ${p}, q ${q}, y 0`, spki: spki(id, parameters, int(0)) };
        yield { name: `${kind}, p ${p}, q ${q}, y -1`, spki: spki(id, parameters, int(hex('ff'))) };
        yield { name: `${kind}, p ${p}, q ${q}, y = p`, spki: spki(id, parameters, prime) };
      }
    }
    for (const [what, parameters] of PARAMETERS)
      yield { name: `${kind}, parameters ${what}`, spki: spki(id, parameters, int(5)) };
    for (const [what, filling] of FILLINGS)
      yield { name: `${kind}, key ${what}`, spki: spki(id, seq(int(23), int(11), int(4)), filling) };
  }
}

const large = (size: number): Octets => int(new Uint8Array(size).fill(0x7f));
const NUMBERS: readonly Named[] = [
  ['0', int(0)],
  ['1', int(1)],
  ['2', int(2)],
  ['-1', int(hex('ff'))],
  ['of 160 bits', large(20)],
  ['of 1024 bits', large(128)],
  ['of 2048 bits', large(256)],
  ['of 10,000 bits', large(1250)],
  ['of 20,000 bits', large(2500)],
  ['without octets', int(concat())],
  ['text', octets(hex('00'))],
];

/** Algorithms that OpenSSL knows or does not, with keys of any form: SM2, GOST, ML-DSA, SLH-DSA, hashes, signatures. */
const IDENTIFIERS = [
  ...['1.2.156.10197.1.301', '1.2.643.2.2.19', '1.2.643.7.1.1.1.1', '2.16.840.1.101.3.4.3.17'],
  ...['2.16.840.1.101.3.4.3.20', '2.16.840.1.101.3.4.4.1', '1.3.14.3.2.26', '1.2.840.113549.1.1.11'],
  ...['1.2.840.10045.4.3.2', '1.2.840.113549.1.9.1', '2.5.4.3', '0.0', '2.999', '1.3.6.1.4.1.55555.6'],
];

export function* unknownKeys(): Generator<BrokenKey> {
  for (const id of IDENTIFIERS) {
    for (const [p, parameters] of PARAMETERS) {
      for (const [what, filling] of FILLINGS)
        yield { name: `${id}, parameters ${p}, key ${what}`, spki: spki(id, parameters, filling) };
    }
  }
  for (const [what, algorithm] of STRANGE_ALGORITHMS)
    yield { name: `algorithm ${what}`, spki: seq(algorithm, hex('0302 0000')) };
}

const STRANGE_ALGORITHMS: readonly Named[] = [
  ['empty', seq()],
  ['without identifier', seq(nul())],
  ['of an empty identifier', seq(hex('0600'))],
  ['of an identifier of 1,000 octets', seq(concat(hex('0682 03e8'), new Uint8Array(1000).fill(0x81)))],
  ['with parameters twice', seq(oid('1.3.101.112'), nul(), nul())],
  ['as a SET', hex('3105 0603 2b6570')],
  ['absent', concat()],
];

/** As much as a response may hold: keys and parameters of every algorithm that anybody reads. */
export function* hugeKeys(): Generator<BrokenKey> {
  const readBySomebody = [
    ...Object.values(EDWARDS),
    ...Object.values(MULTIPLICATIVE),
    ...IDENTIFIERS,
    ...KEYS,
  ];
  const filling = new Uint8Array(55_000).fill(0x5a);
  for (const id of readBySomebody) {
    for (const [what, octets] of [
      ['octets', filling],
      ['a number', int(filling)],
    ] as const) {
      yield { name: `${id}, key of 55,000 octets: ${what}`, spki: spki(id, nul(), octets) };
      yield {
        name: `${id}, parameters of 55,000 octets: ${what}`,
        spki: spki(id, seq(int(filling)), octets.subarray(0, 40)),
      };
    }
    yield {
      name: `${id}, two numbers of 27,000 octets`,
      spki: spki(id, nul(), seq(large(27_000), large(27_000))),
    };
  }
}

const KEYS = ['1.2.840.113549.1.1.1', '1.2.840.113549.1.1.10', '1.2.840.10045.2.1'];
