import { TAG, contextTag, elements, readOnly, sequence } from '../asn1/der.js';
import { readOid } from '../asn1/oid.js';
import type { Certificate } from './certificate.js';

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
