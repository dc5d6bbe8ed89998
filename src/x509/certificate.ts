import { equalBytes } from '../util/bytes.js';
import type { Instant } from '../util/time.js';
import {
  contextTag,
  type Cursor,
  DerError,
  type Element,
  elements,
  readOnly,
  sequence,
  TAG,
  wholeOctets,
} from './der.js';
import { assertStrictDer } from './strict-der.js';
import { readCertificateTime, readOid } from './values.js';

/** The fields of a certificate (RFC 5280 §4.1) that OCSP needs. Byte arrays are views of `der`. */
export interface Certificate {
  readonly der: Uint8Array;
  /** The version as it is written; valid are 1, 2 and 3. */
  readonly version: number;
  /** The lowest version that may have the fields of this certificate (RFC 5280 §4.1.2.1, §4.1.2.8, §4.1.2.9). */
  readonly leastVersion: 1 | 2 | 3;
  /** The bytes that are signed. */
  readonly tbsCertificate: Uint8Array;
  /** The content octets of the INTEGER, exactly as written. */
  readonly serialNumber: Uint8Array;
  /** Names as DER: they are compared as bytes. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  /** The whole SubjectPublicKeyInfo. */
  readonly subjectPublicKeyInfo: Uint8Array;
  /** The BIT STRING of the key without the count of unused bits, which a KeyHash covers (RFC 6960 §4.1.1, §4.2.1). */
  readonly subjectPublicKey: Uint8Array;
  readonly signatureAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
  readonly extensions: Extensions;
}

/** Reads one DER certificate. Throws DerError. */
export function readCertificate(der: Uint8Array): Certificate {
  assertStrictDer(der);
  const outer = sequence(der, 'a Certificate');
  const tbs = outer.next(TAG.sequence, 'tbsCertificate');
  const signatureAlgorithm = outer.next(TAG.sequence, 'signatureAlgorithm').bytes;
  const signature = wholeOctets(outer.next(TAG.bitString, 'signature'));
  outer.end();
  return {
    der,
    tbsCertificate: tbs.bytes,
    signatureAlgorithm,
    signature,
    ...readTbs(tbs, signatureAlgorithm),
  };
}

type TbsFacts = Omit<Certificate, 'der' | 'tbsCertificate' | 'signatureAlgorithm' | 'signature'>;

function readTbs(tbs: Element, signatureAlgorithm: Uint8Array): TbsFacts {
  const fields = sequence(tbs, 'tbsCertificate');
  const version = readVersion(fields.optional(contextTag(0)));
  const serialNumber = fields.next(TAG.integer, 'serialNumber').content;
  const algorithm = fields.next(TAG.sequence, 'signature').bytes;
  if (!equalBytes(algorithm, signatureAlgorithm)) {
    throw new DerError('names two different signature algorithms'); // RFC 5280 §4.1.1.2
  }
  const issuer = fields.next(TAG.sequence, 'issuer').bytes;
  const { notBefore, notAfter } = readValidity(fields);
  const subject = fields.next(TAG.sequence, 'subject').bytes;
  const publicKey = readPublicKey(fields.next(TAG.sequence, 'subjectPublicKeyInfo'));
  return {
    version,
    serialNumber,
    issuer,
    notBefore,
    notAfter,
    subject,
    ...publicKey,
    ...readLastFields(fields),
  };
}

/** Reads the version; 1 is the default. DER forbids a default that is written out, but some certificates have it. */
function readVersion(wrapped: Element | undefined): number {
  if (wrapped === undefined) return 1;
  const { content } = readOnly(wrapped.content, TAG.integer, 'version');
  if (content.length !== 1) throw new DerError('has a version that is out of range');
  return Buffer.from(content).readInt8() + 1;
}

function readValidity(fields: Cursor): { notBefore: Instant; notAfter: Instant } {
  const validity = sequence(fields.next(TAG.sequence, 'validity'), 'validity');
  const [notBefore, notAfter] = [validity.any(), validity.any()].map(readCertificateTime);
  validity.end();
  if (notBefore?.kind !== 'exact') throw new DerError(`has a notBefore that ${notBefore?.problem}`);
  if (notAfter?.kind !== 'exact') throw new DerError(`has a notAfter that ${notAfter?.problem}`);
  return { notBefore: notBefore.instant, notAfter: notAfter.instant };
}

function readPublicKey(element: Element): Pick<Certificate, 'subjectPublicKeyInfo' | 'subjectPublicKey'> {
  const fields = sequence(element, 'subjectPublicKeyInfo');
  fields.next(TAG.sequence, 'algorithm');
  const subjectPublicKey = wholeOctets(fields.next(TAG.bitString, 'subjectPublicKey'));
  fields.end();
  return { subjectPublicKeyInfo: element.bytes, subjectPublicKey };
}

/** Reads the unique identifiers, which nobody uses, and the extensions. */
function readLastFields(fields: Cursor): Pick<Certificate, 'leastVersion' | 'extensions'> {
  const identifiers = [1, 2].map((number) => fields.optional(contextTag(number, 'primitive')));
  const wrapped = fields.optional(contextTag(3));
  fields.end();
  if (wrapped !== undefined) return { leastVersion: 3, extensions: readExtensions(wrapped.content) };
  const hasIdentifier = identifiers.some((identifier) => identifier !== undefined);
  return { leastVersion: hasIdentifier ? 2 : 1, extensions: new Map() };
}

export interface Extension {
  readonly critical: boolean;
  /** The content of extnValue, which is the DER of a type that the extension defines. */
  readonly value: Uint8Array;
}

/** Extensions by their extnID in dotted form. */
export type Extensions = ReadonlyMap<string, Extension>;

/** Reads Extensions ::= SEQUENCE OF Extension (RFC 5280 §4.1). An extension that occurs twice is refused (§4.2). */
export function readExtensions(der: Uint8Array): Extensions {
  const found = new Map<string, Extension>();
  for (const element of elements(readOnly(der, TAG.sequence, 'Extensions'))) {
    const { id, ...extension } = readExtension(element);
    if (found.has(id)) throw new DerError(`has the extension ${id} twice`);
    found.set(id, extension);
  }
  return found;
}

function readExtension(element: Element): Extension & { id: string } {
  const fields = sequence(element, 'an Extension');
  const id = readOid(fields.next(TAG.oid, 'extnID').content);
  const critical = fields.optional(TAG.boolean)?.content[0] === 0xff;
  const value = fields.next(TAG.octetString, 'extnValue').content;
  fields.end();
  return { id, critical, value };
}

/** Reports whether a certificate names itself as its issuer (RFC 5280 §3.2): nothing is above it. */
export function isSelfIssued({ issuer, subject }: Pick<Certificate, 'issuer' | 'subject'>): boolean {
  return equalBytes(issuer, subject);
}
