import type { Certificate } from '../certificates/certificate.js';
import { hashesOf } from '../certificates/hashes.js';
import type { HashName } from '../configuration/model.js';

/** CertID ::= … (RFC 6960 §4.1.1): names one certificate of one issuer. */
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
