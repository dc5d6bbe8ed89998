import { equalBytes } from '../util/bytes.js';
import type { Certificate } from '../x509/certificate.js';
import { hashesOf, type HashName } from '../x509/name.js';

/** The CertID (RFC 6960 §4.1.1), which names one certificate of one issuer. */
export interface CertId {
  readonly hashAlgorithm: HashName;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  /** Content octets of the INTEGER, exactly as in the certificate. */
  readonly serialNumber: Uint8Array;
}

/** Computes the CertID from the issuer's own name and key. */
export function makeCertId(hashAlgorithm: HashName, issuer: Certificate, serialNumber: Uint8Array): CertId {
  const { name, key } = hashesOf(issuer, hashAlgorithm);
  return { hashAlgorithm, issuerNameHash: name, issuerKeyHash: key, serialNumber };
}

/** The part of a CertID that all certificates of an issuer have in common. */
export type IssuerId = Omit<CertId, 'serialNumber'>;

/** The same part of a CertID that a stranger has written, whose hash may be an unknown one. */
interface WrittenIssuerId extends Omit<IssuerId, 'hashAlgorithm'> {
  readonly hashAlgorithm: string | undefined;
}

export function isSameIssuer(one: IssuerId, other: WrittenIssuerId): boolean {
  return (
    one.hashAlgorithm === other.hashAlgorithm &&
    equalBytes(one.issuerNameHash, other.issuerNameHash) &&
    equalBytes(one.issuerKeyHash, other.issuerKeyHash)
  );
}

/** Object identifiers of OCSP by the names that RFC 6960 §4.2.1 and §4.4 give them. */
export const OID = {
  pkixOcspBasic: '1.3.6.1.5.5.7.48.1.1',
  pkixOcspNonce: '1.3.6.1.5.5.7.48.1.2',
  pkixOcspExtendedRevoke: '1.3.6.1.5.5.7.48.1.9',
  /** RFC 6962 §3.3 */
  signedCertificateTimestamps: '1.3.6.1.4.1.11129.2.4.5',
} as const;
