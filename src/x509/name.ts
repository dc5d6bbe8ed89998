import { createHash } from 'node:crypto';
import { quote } from '../util/text.js';
import type { Certificate } from './certificate.js';
import { DerError, type Element, elements, readOnly, sequence, TAG } from './der.js';
import { readOid } from './values.js';

const COMMON_NAME = '2.5.4.3';

/** Octets of a name that a message shows. */
const LONGEST = 64;

const knownNames = new WeakMap<Uint8Array, string>();

/**
 * The last common name of a Name, for messages only: printable, bounded, quoted. Names are compared as DER. Read once:
 * an issuer's is told of all its responses.
 */
export function commonName(name: Uint8Array): string {
  const text = knownNames.get(name) ?? readCommonName(name);
  knownNames.set(name, text);
  return text;
}

function readCommonName(name: Uint8Array): string {
  try {
    const attributes = attributesOf(name);
    const found = attributes.findLast(({ type }) => type === COMMON_NAME) ?? attributes.at(-1);
    return quote(Buffer.from((found?.value ?? new Uint8Array()).subarray(0, LONGEST)).toString('utf8'));
  } catch (error) {
    if (error instanceof DerError) return 'a name that cannot be read';
    throw error;
  }
}

/** AttributeTypeAndValue (RFC 5280 §4.1.2.4). */
export interface Attribute {
  readonly type: string;
  /** The identifier octet and the content octets of its value. */
  readonly tag: number;
  readonly value: Uint8Array;
}

/** Throws DerError. */
export function attributesOf(name: Uint8Array): Attribute[] {
  return attributesByRdn(name).flat();
}

/** Throws DerError. */
export function attributesByRdn(name: Uint8Array): Attribute[][] {
  return elements(readOnly(name, TAG.sequence, 'a Name')).map((rdn) => elements(rdn).map(readAttribute));
}

function readAttribute(element: Element): Attribute {
  const fields = sequence(element, 'an attribute');
  const type = readOid(fields.next(TAG.oid, 'its type').content);
  const { tag, content } = fields.any();
  return { type, tag, value: content };
}

/** By what OCSP names whoever issues or signs (RFC 6960 §4.1.1, §4.2.1). */
export interface Hashes {
  /** Of the subject's DER. */
  readonly name: Uint8Array;
  /** Of the subjectPublicKey, without tag, length and count of unused bits. */
  readonly key: Uint8Array;
}

const knownHashes = { sha1: new WeakMap<Certificate, Hashes>(), sha256: new WeakMap<Certificate, Hashes>() };

/** Computed once: an issuer's are needed for every one of its certificates. */
export function hashesOf(certificate: Certificate, hash: HashName): Hashes {
  const digest = (bytes: Uint8Array) => createHash(hash).update(bytes).digest();
  const { subject, subjectPublicKey } = certificate;
  const hashes = knownHashes[hash].get(certificate) ?? {
    name: digest(subject),
    key: digest(subjectPublicKey),
  };
  knownHashes[hash].set(certificate, hashes);
  return hashes;
}
export type HashName = 'sha1' | 'sha256';
