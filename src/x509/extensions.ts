import { toHex } from '../util/bytes.js';
import type { Certificate, Extension } from './certificate.js';
import { contextTag, DerError, type Element, elements, readOnly, sequence, TAG } from './der.js';
import { type GeneralName, readGeneralNames } from './general-names.js';
import { assertStrictDer } from './strict-der.js';
import { readOid } from './values.js';

/** The OIDs of extensions, by their names in RFC 5280 §4.2, RFC 6960 §4.2.2.2.1, RFC 7633 and RFC 9608. */
export const EXTENSION = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  cRLDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  policyMappings: '2.5.29.33',
  policyConstraints: '2.5.29.36',
  extKeyUsage: '2.5.29.37',
  inhibitAnyPolicy: '2.5.29.54',
  noRevAvail: '2.5.29.56',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  tlsFeature: '1.3.6.1.5.5.7.1.24',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
} as const;

const AD_OCSP = '1.3.6.1.5.5.7.48.1';
const AD_CA_ISSUERS = '1.3.6.1.5.5.7.48.2';
const KP_OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';

/** The TLS feature status_request (RFC 7633 §4.2.3). */
const STATUS_REQUEST = '05';

/** Returns the URLs of id-ad-ocsp in Authority Information Access, in order (RFC 5280 §4.2.2.1). Throws DerError. */
export function ocspUrls(certificate: Certificate): string[] {
  return accessUrls(certificate, AD_OCSP);
}

/** Returns the URLs of id-ad-caIssuers, where the issuer's certificate is published. Throws DerError. */
export function caIssuersUrls(certificate: Certificate): string[] {
  return accessUrls(certificate, AD_CA_ISSUERS);
}

function accessUrls({ extensions }: Certificate, wanted: string): string[] {
  const access = extensions.get(EXTENSION.authorityInfoAccess);
  if (access === undefined) return [];
  return elements(readOnly(access.value, TAG.sequence, 'AuthorityInfoAccess')).flatMap((description) => {
    const fields = sequence(description, 'an AccessDescription');
    const method = readOid(fields.next(TAG.oid, 'accessMethod').content);
    const location = fields.any();
    const isUrl = location.tag === contextTag(6, 'primitive');
    return method === wanted && isUrl ? [Buffer.from(location.content).toString('latin1')] : [];
  });
}

/** Returns the dNSNames of subjectAltName, in order (RFC 5280 §4.2.1.6). Throws DerError. */
export function dnsNames(certificate: Certificate): string[] {
  return alternativeNames(certificate).flatMap((name) => (name.form === 'dNSName' ? [name.text] : []));
}

/** Reads subjectAltName; empty if there is none. Throws DerError. */
export function alternativeNames({ extensions }: Certificate): GeneralName[] {
  const extension = extensions.get(EXTENSION.subjectAltName);
  if (extension === undefined) return [];
  return readGeneralNames(readOnly(extension.value, TAG.sequence, 'GeneralNames'));
}

/** Returns the encoded subjectAltName; empty if there is none. */
export function encodedAlternativeNames({ extensions }: Certificate): Uint8Array {
  return extensions.get(EXTENSION.subjectAltName)?.value ?? new Uint8Array();
}

/** Reports whether the certificate has id-kp-OCSPSigning; anyExtendedKeyUsage is not enough (RFC 6960 §4.2.2.2). */
export function mayOcspSign({ extensions }: Certificate): boolean {
  const usages = extensions.get(EXTENSION.extKeyUsage);
  if (usages === undefined) return false;
  const purposes = elements(readOnly(usages.value, TAG.sequence, 'ExtKeyUsageSyntax'));
  return purposes
    .map(({ bytes }) => readOid(readOnly(bytes, TAG.oid, 'a KeyPurposeId').content))
    .includes(KP_OCSP_SIGNING);
}

/** Returns id-pkix-ocsp-nocheck: clients need not check this signer's own revocation (RFC 6960 §4.2.2.2.1). */
export function ocspNoCheck({ extensions }: Certificate): Extension | undefined {
  return extensions.get(EXTENSION.ocspNoCheck);
}

/** Reports whether the CA publishes no revocation information: id-ce-noRevAvail (RFC 9608). */
export function hasNoRevAvail({ extensions }: Certificate): boolean {
  return extensions.has(EXTENSION.noRevAvail);
}

/** Reports whether clients refuse this certificate without a staple: TLS feature status_request (RFC 7633). */
export function isMustStaple(certificate: Certificate): boolean {
  return tlsFeatures(certificate).includes(STATUS_REQUEST);
}

/** Reports whether the certificate lacks TLS features that its issuer requires (RFC 7633 §4.2.2). Throws DerError. */
export function lacksTlsFeatures(certificate: Certificate, issuer: Certificate): boolean {
  const asked = tlsFeatures(issuer);
  if (asked.length === 0) return false;
  return named('tlsFeature', () => {
    const own = tlsFeatures(certificate);
    return asked.some((feature) => !own.includes(feature));
  });
}

/** Reads the numbers of the TLS features, in hexadecimal. */
function tlsFeatures({ extensions }: Certificate): string[] {
  const features = extensions.get(EXTENSION.tlsFeature);
  if (features === undefined) return [];
  return elements(readOnly(features.value, TAG.sequence, 'Features'))
    .filter(({ tag }) => tag === TAG.integer)
    .map(({ content }) => toHex(content));
}

/** The extensions of RFC 5280 §4.2 and RFC 6960 §4.2.2.2.1 that clients read, with the tag of their values. */
const KNOWN: ReadonlyMap<string, readonly [name: string, tag: number | 'any']> = new Map([
  [EXTENSION.subjectKeyIdentifier, ['subjectKeyIdentifier', TAG.octetString]],
  [EXTENSION.keyUsage, ['keyUsage', TAG.bitString]],
  [EXTENSION.subjectAltName, ['subjectAltName', TAG.sequence]],
  [EXTENSION.basicConstraints, ['basicConstraints', TAG.sequence]],
  [EXTENSION.nameConstraints, ['nameConstraints', TAG.sequence]],
  [EXTENSION.cRLDistributionPoints, ['cRLDistributionPoints', TAG.sequence]],
  [EXTENSION.certificatePolicies, ['certificatePolicies', TAG.sequence]],
  [EXTENSION.authorityKeyIdentifier, ['authorityKeyIdentifier', TAG.sequence]],
  [EXTENSION.policyConstraints, ['policyConstraints', TAG.sequence]],
  [EXTENSION.extKeyUsage, ['extKeyUsage', TAG.sequence]],
  [EXTENSION.inhibitAnyPolicy, ['inhibitAnyPolicy', TAG.integer]],
  [EXTENSION.authorityInfoAccess, ['authorityInfoAccess', TAG.sequence]],
  // Only the presence of this extension counts.
  [EXTENSION.ocspNoCheck, ['id-pkix-ocsp-nocheck', 'any']],
]);

/**
 * Throws a DerError that names an unreadable extension. OpenSSL accepts no certificate with such an extension, and Go
 * does not even parse it.
 */
export function assertReadableExtensions({ extensions }: Certificate): void {
  for (const [id, { value }] of extensions) {
    const [name, tag] = KNOWN.get(id) ?? ['', 'any'];
    if (tag !== 'any') assertReadable(name, value, tag);
  }
}

function assertReadable(name: string, value: Uint8Array, tag: number): void {
  named(name, () => {
    assertStrictDer(value);
    const element = readOnly(value, tag, name);
    if (name === 'subjectAltName') readGeneralNames(element);
    if (name === 'cRLDistributionPoints') elements(element).forEach(assertDistributionPoint);
  });
}

/** Checks a DistributionPoint: it has a place or an issuer (RFC 5280 §4.2.1.13). OpenSSL refuses any other. */
function assertDistributionPoint(element: Element): void {
  const fields = sequence(element, 'a DistributionPoint');
  const place = fields.optional(contextTag(0));
  fields.optional(contextTag(1, 'primitive'));
  const issuer = fields.optional(contextTag(2));
  fields.end();
  if (place === undefined && issuer === undefined)
    throw new DerError('has a DistributionPoint with neither a place nor an issuer');
}

/** Reads an extension. Throws a DerError that names it. */
function named<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new DerError(`has an extension ${name} that cannot be read: it ${error.message}`);
  }
}

/** The bits of KeyUsage (RFC 5280 §4.2.1.3) that are used here. */
const BITS = { digitalSignature: 0x80, nonRepudiation: 0x40, keyCertSign: 0x04 } as const;

/**
 * Reports whether a usage is set; undefined without a KeyUsage, because nothing is restricted then. Trailing zero bits,
 * which DER omits from named bits (X.690 §11.2.2), are accepted. Throws DerError.
 */
export function hasKeyUsage({ extensions }: Certificate, usage: keyof typeof BITS): boolean | undefined {
  const extension = extensions.get(EXTENSION.keyUsage);
  if (extension === undefined) return undefined;
  const { content } = readOnly(extension.value, TAG.bitString, 'KeyUsage');
  return ((content[1] ?? 0) & BITS[usage]) !== 0;
}
