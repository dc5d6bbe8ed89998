import type { Certificate } from './certificate.js';
import { contextTag, DerError, elements, readOnly, sequence, TAG } from './der.js';
import { readGeneralNames } from './general-names.js';
import { assertStrictDer } from './strict-der.js';
import { readOid } from './values.js';

const ID = {
  extendedKeyUsage: '2.5.29.37',
  noRevAvail: '2.5.29.56',
  authorityInformationAccess: '1.3.6.1.5.5.7.1.1',
  tlsFeature: '1.3.6.1.5.5.7.1.24',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
  adOcsp: '1.3.6.1.5.5.7.48.1',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
} as const;

/** TLS extension status_request as a TLS feature (RFC 7633 §4.2.3). */
const STATUS_REQUEST = '05';

/** URLs of id-ad-ocsp in the Authority Information Access, in their order (RFC 5280 §4.2.2.1). Throws DerError. */
export function ocspUrls({ extensions }: Certificate): string[] {
  const access = extensions.get(ID.authorityInformationAccess);
  if (access === undefined) return [];
  return elements(readOnly(access.value, TAG.sequence, 'AuthorityInfoAccess')).flatMap((description) => {
    const fields = sequence(description, 'an AccessDescription');
    const method = readOid(fields.next(TAG.oid, 'accessMethod').content);
    const location = fields.any();
    const isUrl = location.tag === contextTag(6, 'primitive');
    return method === ID.adOcsp && isUrl ? [Buffer.from(location.content).toString('latin1')] : [];
  });
}

/** id-kp-OCSPSigning itself; anyExtendedKeyUsage is not enough (RFC 6960 §4.2.2.2). */
export function mayOcspSign({ extensions }: Certificate): boolean {
  const usages = extensions.get(ID.extendedKeyUsage);
  if (usages === undefined) return false;
  const purposes = elements(readOnly(usages.value, TAG.sequence, 'ExtKeyUsageSyntax'));
  return purposes
    .map(({ bytes }) => readOid(readOnly(bytes, TAG.oid, 'a KeyPurposeId').content))
    .includes(ID.ocspSigning);
}

/** id-pkix-ocsp-nocheck: relying parties need not check this signer's own revocation (RFC 6960 §4.2.2.2.1). */
export function hasOcspNoCheck({ extensions }: Certificate): boolean {
  return extensions.has(ID.ocspNoCheck);
}

/** id-ce-noRevAvail: the CA publishes no revocation information (RFC 9608). */
export function hasNoRevAvail({ extensions }: Certificate): boolean {
  return extensions.has(ID.noRevAvail);
}

/** TLS feature status_request: clients refuse this certificate without a staple (RFC 7633). */
export function isMustStaple(certificate: Certificate): boolean {
  return tlsFeatures(certificate).includes(STATUS_REQUEST);
}

/** RFC 7633 §4.2.2: a CA's certificate asks for its own features in all that it issues. Throws DerError. */
export function lacksTlsFeatures(certificate: Certificate, issuer: Certificate): boolean {
  const own = tlsFeatures(certificate);
  return tlsFeatures(issuer).some((feature) => !own.includes(feature));
}

/** Numbers in hex. */
function tlsFeatures({ extensions }: Certificate): string[] {
  const features = extensions.get(ID.tlsFeature);
  if (features === undefined) return [];
  return elements(readOnly(features.value, TAG.sequence, 'Features'))
    .filter(({ tag }) => tag === TAG.integer)
    .map(({ content }) => Buffer.from(content).toString('hex'));
}

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

/** Bits of KeyUsage (RFC 5280 §4.2.1.3), as far as they are asked for. */
const BITS = { digitalSignature: 0x80, nonRepudiation: 0x40, keyCertSign: 0x04 } as const;

/**
 * Whether a usage is set; undefined where there is no KeyUsage, which then restricts nothing. Trailing zero bits, which
 * DER leaves out of named bits (X.690 §11.2.2), do no harm. Throws DerError.
 */
export function hasKeyUsage({ extensions }: Certificate, usage: keyof typeof BITS): boolean | undefined {
  const extension = extensions.get('2.5.29.15');
  if (extension === undefined) return undefined;
  const { content } = readOnly(extension.value, TAG.bitString, 'KeyUsage');
  return ((content[1] ?? 0) & BITS[usage]) !== 0;
}
