import { sha256 } from '../util/bytes.js';
import type { CertificateIdentity } from './types.js';

/** Returns a key that identifies a certificate as a CertID does, but is short and does not depend on the CertID's hash. */
export function certificateKey(certificate: CertificateKeys): string {
  const { also = [] } = certificate;
  if (also.length === 0) return keyOf(certificate);
  // Certificates that share a response are asked about together, whichever of them comes first.
  const keys = [certificate, ...also].map(keyOf).toSorted();
  return sha256(Buffer.from(keys.join(' '))).slice(0, 32);
}

interface CertificateKeys extends CertificateIdentity {
  readonly also?: readonly CertificateIdentity[] | undefined;
}

function keyOf({ issuer, serialNumber }: CertificateIdentity): string {
  return sha256(Buffer.concat([issuer.subject, issuer.subjectPublicKey, serialNumber])).slice(0, 32);
}
