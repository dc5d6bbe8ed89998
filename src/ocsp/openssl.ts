import { X509Certificate } from 'node:crypto';
import type { Certificate } from '../x509/certificate.js';
import { sequence, TAG } from '../x509/der.js';

const known = new WeakMap<Certificate, boolean>();

/** Reports whether OpenSSL reads a certificate. The result is cached: every response embeds the same delegates. */
export function isReadByOpenssl(certificate: Certificate): boolean {
  const isReadable = known.get(certificate) ?? tryOpenssl(certificate);
  known.set(certificate, isReadable);
  return isReadable;
}

/** X509Certificate also reads PEM anywhere in the bytes: hence `equals`. */
function tryOpenssl(certificate: Certificate): boolean {
  const der = withoutKeyAlgorithm(certificate);
  try {
    return new X509Certificate(der).raw.equals(der);
  } catch {
    return false;
  }
}

/**
 * Copies the certificate and gives its key an unknown algorithm. OpenSSL would otherwise read a stranger's key, whose
 * form is unchecked.
 */
function withoutKeyAlgorithm({ der, subjectPublicKeyInfo }: Certificate): Uint8Array {
  const fields = sequence(subjectPublicKeyInfo, 'subjectPublicKeyInfo');
  const algorithm = sequence(fields.next(TAG.sequence, 'algorithm'), 'algorithm');
  const { contentStart, end } = algorithm.next(TAG.oid, 'algorithm');
  const offset = subjectPublicKeyInfo.byteOffset - der.byteOffset;
  return new Uint8Array(der).fill(1, offset + contentStart, offset + end);
}
