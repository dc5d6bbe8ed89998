import {
  bits,
  boolean,
  contentOf,
  childrenOf,
  explicit,
  ia5,
  implicit,
  int,
  nul,
  octets,
  oid,
  seq,
} from './der.js';
import type { Octets } from './der.js';
import { digest } from './signing.js';

const PKIX = '1.3.6.1.5.5.7';
const OID_NO_CHECK = `${PKIX}.48.1.5`;
export const OID_NONCE = `${PKIX}.48.1.2`;
export const OID_BASIC_RESPONSE = `${PKIX}.48.1.1`;

const USAGE_OIDS = {
  serverAuth: `${PKIX}.3.1`,
  clientAuth: `${PKIX}.3.2`,
  ocspSigning: `${PKIX}.3.9`,
  any: '2.5.29.37.0',
} as const;
export type ExtendedKeyUsage = keyof typeof USAGE_OIDS;

/** In the order of their bits (RFC 5280 §4.2.1.3). */
const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
] as const;
export type KeyUsage = (typeof KEY_USAGES)[number];

/** An Extension; `critical` is left out when false, as DER demands. */
export function extension(id: string, value: Octets, critical = false): Octets {
  return seq(oid(id), ...(critical ? [boolean(true)] : []), octets(value));
}

/** The first element of an Extension, in hex. */
export function idOf(encoded: Octets): string {
  return Buffer.from(childrenOf(encoded)[0] ?? Uint8Array.of()).toString('hex');
}

export function basicConstraints(ca: boolean, pathLength?: number): Octets {
  const fields = [...(ca ? [boolean(true)] : []), ...(pathLength === undefined ? [] : [int(pathLength)])];
  return extension('2.5.29.19', seq(...fields), true);
}

export function keyUsage(usages: readonly KeyUsage[]): Octets {
  const set = usages.map((usage) => KEY_USAGES.indexOf(usage));
  const octet = set.reduce((sum, bit) => sum | (0x80 >> bit), 0);
  return extension('2.5.29.15', bits(Uint8Array.of(octet), 7 - Math.max(...set)), true);
}

export function extendedKeyUsage(usages: readonly ExtendedKeyUsage[]): Octets {
  return extension('2.5.29.37', seq(...usages.map((usage) => oid(USAGE_OIDS[usage]))));
}

/** GeneralNames (RFC 5280 §4.2.1.6). */
export const generalName = {
  email: (text: string): Octets => implicit(1, ia5(text)),
  dns: (text: string): Octets => implicit(2, ia5(text)),
  directory: (name: Octets): Octets => explicit(4, name),
  uri: (text: string): Octets => implicit(6, ia5(text)),
  /** An address, and for a constraint its mask. */
  ip: (...parts: readonly number[]): Octets => implicit(7, octets(Uint8Array.from(parts))),
  registeredId: (id: string): Octets => implicit(8, oid(id)),
};

export function alternativeNames(...names: readonly Octets[]): Octets {
  return extension('2.5.29.17', seq(...names));
}

/** Critical, as RFC 5280 §4.2.1.10 wants it. */
export function nameConstraints(permitted: readonly Octets[], excluded: readonly Octets[] = []): Octets {
  const trees = (number: number, bases: readonly Octets[]) =>
    bases.length === 0 ? [] : [explicit(number, ...bases.map((base) => seq(base)))];
  return extension('2.5.29.30', seq(...trees(0, permitted), ...trees(1, excluded)), true);
}

export function subjectAltNames(names: readonly string[]): Octets {
  return extension('2.5.29.17', seq(...names.map((name) => implicit(2, ia5(name)))));
}

export function authorityInformation(ocspUrls: readonly string[], caIssuers: readonly string[]): Octets {
  const access = (method: number) => (url: string) => seq(oid(`${PKIX}.48.${method}`), implicit(6, ia5(url)));
  return extension(`${PKIX}.1.1`, seq(...ocspUrls.map(access(1)), ...caIssuers.map(access(2))));
}

export function subjectKeyIdentifier(spki: Octets): Octets {
  return extension('2.5.29.14', octets(keyHash(spki)));
}

export function authorityKeyIdentifier(issuerSpki: Octets): Octets {
  return extension('2.5.29.35', seq(implicit(0, octets(keyHash(issuerSpki)))));
}

export const noCheck = (): Octets => extension(OID_NO_CHECK, nul());
/** RFC 7633: TLS feature status_request (5). */
export const mustStaple = (): Octets => extension(`${PKIX}.1.24`, seq(int(5)));
/** RFC 9608 */
export const noRevocationAvailable = (): Octets => extension('2.5.29.56', nul());

/** The value of a nonce is itself an OCTET STRING (RFC 9654 §2.1). */
export const nonceExtension = (nonce: Octets): Octets => extension(OID_NONCE, octets(nonce));

/** Extensions under their explicit tag, or nothing when there are none. */
export function extensionBlock(n: number, extensions: readonly Octets[]): Octets[] {
  return extensions.length === 0 ? [] : [explicit(n, seq(...extensions))];
}

/** Hash of the subjectPublicKey's bits, without tag, length and unused bits (RFC 6960 §4.1.1). */
export function keyHash(spki: Octets, hash: Parameters<typeof digest>[0] = 'sha1'): Octets {
  return digest(hash, subjectPublicKey(spki));
}

function subjectPublicKey(spki: Octets): Octets {
  const [, key] = childrenOf(spki);
  if (key === undefined) throw new Error('a SubjectPublicKeyInfo has two elements');
  return contentOf(key).subarray(1);
}
