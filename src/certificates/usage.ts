import { TAG, contextTag, elements, readOnly, sequence } from '../asn1/der.js';
import { readOid } from '../asn1/oid.js';
import { assertStrictDer } from '../asn1/strict.js';
import type { Certificate } from './certificate.js';

const ID = {
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  noRevAvail: '2.5.29.56',
  authorityInformationAccess: '1.3.6.1.5.5.7.1.1',
  tlsFeature: '1.3.6.1.5.5.7.1.24',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
  adOcsp: '1.3.6.1.5.5.7.48.1',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
} as const;

/**
 * What may be critical in a signer's certificate, with the tag of its value: what RFC 5280 §4.2 wants recognized, and
 * id-pkix-ocsp-nocheck, of which nothing but its presence counts.
 */
const RECOGNIZED: ReadonlyMap<string, number | 'any'> = new Map<string, number | 'any'>([
  [ID.keyUsage, TAG.bitString],
  [ID.basicConstraints, TAG.sequence],
  [ID.extendedKeyUsage, TAG.sequence],
  [ID.ocspNoCheck, 'any'],
  ['2.5.29.17', TAG.sequence], // subjectAltName
  ['2.5.29.30', TAG.sequence], // nameConstraints
  ['2.5.29.32', TAG.sequence], // certificatePolicies
  ['2.5.29.36', TAG.sequence], // policyConstraints
  ['2.5.29.54', TAG.integer], // inhibitAnyPolicy
]);

/** BOOLEAN TRUE, at the beginning of BasicConstraints. */
const IS_CA = Buffer.of(TAG.boolean, 1, 0xff);

/** TLS extension status_request as a TLS feature (RFC 7633 §4.2.3). */
const STATUS_REQUEST = 5;

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

/**
 * basicConstraints with cA (RFC 5280 §4.2.1.9); a certificate without any extensions is of version 1, of a time when
 * this could not be said.
 */
export function mayIssue({ extensions }: Certificate): boolean {
  return extensions.has(ID.basicConstraints) ? isCa({ extensions }) : extensions.size === 0;
}

/** Only where basicConstraints says so. */
export function isCa({ extensions }: Pick<Certificate, 'extensions'>): boolean {
  const constraints = extensions.get(ID.basicConstraints)?.value;
  return constraints !== undefined && IS_CA.equals(constraints.subarray(2, 5));
}

/** True too where there is no KeyUsage, which then restricts nothing (RFC 5280 §4.2.1.3). */
export function mayDigitallySign({ extensions }: Certificate): boolean {
  const usage = extensions.get(ID.keyUsage);
  if (usage === undefined) return true;
  const bits = readOnly(usage.value, TAG.bitString, 'KeyUsage').content;
  return ((bits[1] ?? 0) & 0x80) !== 0;
}

/** Clients take no certificate in which one of these cannot be read. Throws DerError. */
export function assertReadableExtensions({ extensions }: Certificate): void {
  for (const [id, { value }] of extensions) {
    const tag = RECOGNIZED.get(id) ?? 'any';
    if (tag === 'any') continue;
    assertStrictDer(value);
    readOnly(value, tag, `the value of extension ${id}`);
  }
}

/** The first critical extension that is not recognized. */
export function unknownCriticalExtension({ extensions }: Certificate): string | undefined {
  return [...extensions].find(([id, { critical }]) => critical && !RECOGNIZED.has(id))?.[0];
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
export function isMustStaple({ extensions }: Certificate): boolean {
  const features = extensions.get(ID.tlsFeature);
  if (features === undefined) return false;
  return elements(readOnly(features.value, TAG.sequence, 'Features')).some(
    ({ tag, content }) => tag === TAG.integer && content.length === 1 && content[0] === STATUS_REQUEST,
  );
}
