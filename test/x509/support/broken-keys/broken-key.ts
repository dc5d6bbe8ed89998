import { bits, concat, hex, nul, octets, type Octets, oid, seq, utf8 } from '../../../support/der.js';

/** A SubjectPublicKeyInfo that is malformed, or of a kind that makes no signatures. */
export interface BrokenKey {
  /** Says what it is, and is the only one of that name. */
  readonly name: string;
  readonly spki: Octets;
}

export type Named = readonly [name: string, octets: Octets];

/** SubjectPublicKeyInfo (RFC 5280 §4.1); `parameters` and `key` are taken as they are. */
export function spki(algorithm: string, parameters: Octets, key: Octets, unusedBits = 0): Octets {
  return seq(seq(oid(algorithm), parameters), bits(key, unusedBits));
}

/** Octets that the elements of a key can be replaced by, whatever they should be. */
export const FILLINGS: readonly Named[] = [
  ['nothing', concat()],
  ['one zero octet', hex('00')],
  ['an empty SEQUENCE', seq()],
  ['text', utf8('no key')],
  ['32 octets of ff', new Uint8Array(32).fill(0xff)],
  ['65 zero octets', new Uint8Array(65)],
  ['3,000 zero octets', new Uint8Array(3000)],
  ['3,000 octets of ff', new Uint8Array(3000).fill(0xff)],
];

/** Parameters that belong to no kind of key. */
export const PARAMETERS: readonly Named[] = [
  ['absent', concat()],
  ['NULL', nul()],
  ['NULL with content', hex('0501 00')],
  ['NULL twice', concat(nul(), nul())],
  ['an empty SEQUENCE', seq()],
  ['an OCTET STRING', octets(hex('0102'))],
  ['an unknown OBJECT IDENTIFIER', oid('1.3.6.1.4.1.55555.4')],
  ['an OBJECT IDENTIFIER without octets', hex('0600')],
  ['an unfinished OBJECT IDENTIFIER', hex('0602 2a86')],
  ['a length beyond the end', hex('3084 7fffffff')],
  ['3,000 octets', octets(new Uint8Array(3000))],
];
