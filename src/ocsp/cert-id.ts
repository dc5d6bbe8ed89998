import { createHash } from 'node:crypto';
import { equalBytes } from '../util/bytes.js';
import type { Certificate } from '../x509/certificate.js';
import type { HashName } from '../configuration/model.js';

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

/** The hashes by which OCSP identifies an issuer or a signer (RFC 6960 §4.1.1, §4.2.1). */
interface Hashes {
  /** The hash of the subject's DER. */
  readonly name: Uint8Array;
  /** The hash of the subjectPublicKey, without tag, length and count of unused bits. */
  readonly key: Uint8Array;
}

const knownHashes = { sha1: new WeakMap<Certificate, Hashes>(), sha256: new WeakMap<Certificate, Hashes>() };

/** Computes the hashes once, because an issuer's are needed for every one of its certificates. */
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
