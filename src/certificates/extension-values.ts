import { DerError, TAG, readOnly } from '../asn1/der.js';
import { assertStrictDer } from '../asn1/strict.js';
import type { Certificate } from './certificate.js';
import { readGeneralNames } from './general-names.js';

/** Names of the extensions of RFC 5280 §4.2 and RFC 6960 §4.2.2.2.1 that clients read, with the tag of their values. */
const KNOWN: ReadonlyMap<string, readonly [name: string, tag: number | 'any']> = new Map([
  ['2.5.29.14', ['subjectKeyIdentifier', TAG.octetString]],
  ['2.5.29.15', ['keyUsage', TAG.bitString]],
  ['2.5.29.17', ['subjectAltName', TAG.sequence]],
  ['2.5.29.19', ['basicConstraints', TAG.sequence]],
  ['2.5.29.30', ['nameConstraints', TAG.sequence]],
  ['2.5.29.31', ['cRLDistributionPoints', TAG.sequence]],
  ['2.5.29.32', ['certificatePolicies', TAG.sequence]],
  ['2.5.29.35', ['authorityKeyIdentifier', TAG.sequence]],
  ['2.5.29.36', ['policyConstraints', TAG.sequence]],
  ['2.5.29.37', ['extKeyUsage', TAG.sequence]],
  ['2.5.29.54', ['inhibitAnyPolicy', TAG.integer]],
  ['1.3.6.1.5.5.7.1.1', ['authorityInfoAccess', TAG.sequence]],
  // Only its presence counts.
  ['1.3.6.1.5.5.7.48.1.5', ['id-pkix-ocsp-nocheck', 'any']],
]);

/**
 * The extensions that a certificate of the path may mark as critical: those that every client recognizes. OpenSSL,
 * mozilla::pkix, GnuTLS and Go agree on these; key identifiers and access information are never critical (RFC 5280 §4.2).
 */
const MAY_BE_CRITICAL: ReadonlySet<string> = new Set([
  '2.5.29.15',
  '2.5.29.17',
  '2.5.29.19',
  '2.5.29.30',
  '2.5.29.32',
  '2.5.29.36',
  '2.5.29.37',
  '2.5.29.54',
  '1.3.6.1.5.5.7.48.1.5',
]);

/**
 * Throws a DerError that names the extension which cannot be read. OpenSSL takes no certificate with one of these, and
 * Go does not even parse it.
 */
export function assertReadableExtensions({ extensions }: Certificate): void {
  for (const [id, { value }] of extensions) {
    const [name, tag] = KNOWN.get(id) ?? ['', 'any'];
    if (tag !== 'any') assertReadable(name, value, tag);
  }
}

function assertReadable(name: string, value: Uint8Array, tag: number): void {
  try {
    assertStrictDer(value);
    const element = readOnly(value, tag, name);
    if (name === 'subjectAltName') readGeneralNames(element);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new DerError(`has an extension ${name} that cannot be read: it ${error.message}`);
  }
}

/** RFC 5280 §4.2: whoever does not recognize a critical extension must reject the certificate. */
export function unknownCriticalExtension({ extensions }: Certificate): string | undefined {
  return [...extensions].find(([id, { critical }]) => critical && !MAY_BE_CRITICAL.has(id))?.[0];
}
