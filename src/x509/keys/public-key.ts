import { createPublicKey, type KeyObject } from 'node:crypto';
import { DerError, type Element, sequence, TAG, wholeOctets } from '../der.js';
import { type PssParameters, readPssParameters } from '../signature-algorithm.js';
import { assertStrictDer } from '../strict-der.js';
import { readOid } from '../values.js';
import { readEcKey } from './ec-key.js';
import { readEd25519Key, readEd448Key } from './edwards-key.js';
import { readRsaKey } from './rsa-key.js';

/** A SubjectPublicKeyInfo (RFC 5280 §4.1), checked by its bytes alone. */
export type PublicKey =
  | SoundKey
  /** The key is too short, or on a curve that is not accepted. `problem` is a whole sentence. */
  | { readonly kind: 'weak'; readonly problem: string }
  /** The key is of an algorithm that is not accepted for signatures. */
  | { readonly kind: 'other'; readonly name: string }
  /** The key is malformed or unsafe. `problem` continues the words "the public key". */
  | { readonly kind: 'unsound'; readonly problem: string };

/** A key that node:crypto may use. With other keys, such as the point at infinity, Node.js 20 and 22 abort. */
export type SoundKey = { readonly object: KeyObject } & Facts;

type Facts =
  | { readonly kind: 'rsa'; readonly bits: number }
  | {
      readonly kind: 'rsa-pss';
      readonly bits: number;
      /** The only parameters that the key may be used with (RFC 4055 §1.2). */
      readonly restriction: PssParameters | undefined;
    }
  | { readonly kind: 'ec'; readonly curve: string }
  | { readonly kind: 'ed25519' }
  | { readonly kind: 'ed448' };

type Unfit = Exclude<PublicKey, SoundKey>;
/** A key by its bytes alone: sound, or why it must not be used. */
export type KeyFacts = Facts | Unfit;
type Reader = (parameters: Element | undefined, key: Uint8Array) => KeyFacts;

const READERS: Readonly<Record<string, Reader>> = {
  '1.2.840.113549.1.1.1': readRsa,
  '1.2.840.113549.1.1.10': readRsaPss,
  '1.2.840.10045.2.1': readEc,
  '1.3.101.112': (parameters, key) => withoutParameters(parameters) ?? sound('ed25519', readEd25519Key(key)),
  '1.3.101.113': (parameters, key) => withoutParameters(parameters) ?? sound('ed448', readEd448Key(key)),
};

/** The names of other algorithms, for messages. */
const OTHERS: Readonly<Record<string, string>> = {
  '1.2.840.10040.4.1': 'DSA',
  '1.2.840.10046.2.1': 'DH',
  '1.3.132.1.12': 'ECDH',
  '1.3.101.110': 'X25519',
  '1.3.101.111': 'X448',
  '2.16.840.1.101.3.4.3.17': 'ML-DSA-44',
  '2.16.840.1.101.3.4.3.18': 'ML-DSA-65',
  '2.16.840.1.101.3.4.3.19': 'ML-DSA-87',
};

/** Reads a SubjectPublicKeyInfo from any bytes. */
export function readPublicKey(subjectPublicKeyInfo: Uint8Array): PublicKey {
  try {
    const facts = readFacts(subjectPublicKeyInfo);
    return isUnfit(facts) ? facts : withObject(facts, subjectPublicKeyInfo);
  } catch (error) {
    if (error instanceof DerError) return unsound(error.message);
    throw error;
  }
}

/** Reads the kind and the size of a key by its bytes alone. Throws DerError. */
export function readFacts(subjectPublicKeyInfo: Uint8Array): KeyFacts {
  assertStrictDer(subjectPublicKeyInfo);
  const fields = sequence(subjectPublicKeyInfo, 'SubjectPublicKeyInfo');
  const algorithm = sequence(fields.next(TAG.sequence, 'algorithm'), 'algorithm');
  const key = wholeOctets(fields.next(TAG.bitString, 'subjectPublicKey'));
  fields.end();
  const oid = readOid(algorithm.next(TAG.oid, 'algorithm').content);
  const parameters = algorithm.atEnd ? undefined : algorithm.any();
  algorithm.end();
  const reader = READERS[oid];
  if (reader !== undefined) return reader(parameters, key);
  return { kind: 'other', name: OTHERS[oid] ?? oid };
}

function isUnfit(facts: KeyFacts): facts is Unfit {
  return facts.kind === 'weak' || facts.kind === 'other' || facts.kind === 'unsound';
}

/** Makes the KeyObject. OpenSSL may refuse a key that passed our checks. */
function withObject(facts: Facts, subjectPublicKeyInfo: Uint8Array): PublicKey {
  try {
    const key = Buffer.from(subjectPublicKeyInfo);
    return { ...facts, object: createPublicKey({ key, format: 'der', type: 'spki' }) };
  } catch {
    return unsound('is none that OpenSSL reads');
  }
}

/** Reads an RSA key. The parameters must be NULL (RFC 3279 §2.3.1); Go refuses a key without them. */
function readRsa(parameters: Element | undefined, der: Uint8Array): KeyFacts {
  if (parameters?.tag !== TAG.null) return unsound('has RSA parameters other than NULL');
  const key = readRsaKey(der);
  return key.kind === 'sound' ? { kind: 'rsa', bits: key.bits } : key;
}

/** Reads an RSASSA-PSS key, which may restrict its parameters (RFC 4055 §1.2). */
function readRsaPss(parameters: Element | undefined, der: Uint8Array): KeyFacts {
  const restriction = parameters && readPssParameters(parameters);
  if (restriction?.kind === 'malformed') return unsound(restriction.problem);
  const key = readRsaKey(der);
  return key.kind === 'sound' ? { kind: 'rsa-pss', bits: key.bits, restriction } : key;
}

function readEc(parameters: Element | undefined, point: Uint8Array): KeyFacts {
  const key = readEcKey(parameters, point);
  return key.kind === 'sound' ? { kind: 'ec', curve: key.curve } : key;
}

/** Refuses parameters (RFC 8410 §3). */
function withoutParameters(parameters: Element | undefined): Unfit | undefined {
  return parameters && unsound('has parameters, which its algorithm does not allow');
}

function sound(kind: 'ed25519' | 'ed448', key: ReturnType<typeof readEd25519Key>): KeyFacts {
  return key.kind === 'sound' ? { kind } : key;
}

function unsound(problem: string): Unfit {
  return { kind: 'unsound', problem };
}
