import { X509Certificate } from 'node:crypto';
import { DerError, TAG, elements, readOnly, sequence, type Element } from '../asn1/der.js';
import type { Certificate } from '../certificates/certificate.js';
import { readRecentCertificate } from '../certificates/recent.js';

/**
 * The `certs` of a BasicOCSPResponse (RFC 6960 §4.2.1). No signature covers them, and clients refuse the whole response
 * for one that they cannot parse, whether or not it is the signer's. Most of them parse like OpenSSL, which looks
 * further into names and algorithms than we do.
 */
export function readCertificates({ content }: Element): Certificate[] {
  return elements(readOnly(content, TAG.sequence, 'certs')).map(({ bytes }) => {
    try {
      const certificate = readRecentCertificate(bytes);
      if (!isReadByOpenssl(certificate)) throw new DerError('OpenSSL does not read');
      return certificate;
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      throw new DerError(`brings along a certificate that ${error.message}`);
    }
  });
}

const known = new WeakMap<Certificate, boolean>();

function isReadByOpenssl(certificate: Certificate): boolean {
  const isRead = known.get(certificate) ?? tryOpenssl(certificate);
  known.set(certificate, isRead);
  return isRead;
}

/** The constructor also takes PEM, wherever in the bytes it stands: hence the comparison. */
function tryOpenssl(certificate: Certificate): boolean {
  const der = withoutKeyAlgorithm(certificate);
  try {
    return new X509Certificate(der).raw.equals(der);
  } catch {
    return false;
  }
}

/**
 * Copies the certificate and gives its key an algorithm that nobody knows: OpenSSL would otherwise read the key of a
 * stranger, whose form nobody has checked.
 */
function withoutKeyAlgorithm({ der, subjectPublicKeyInfo }: Certificate): Uint8Array {
  const fields = sequence(subjectPublicKeyInfo, 'subjectPublicKeyInfo');
  const algorithm = sequence(fields.next(TAG.sequence, 'algorithm'), 'algorithm');
  const { contentStart, end } = algorithm.next(TAG.oid, 'algorithm');
  const offset = subjectPublicKeyInfo.byteOffset - der.byteOffset;
  return new Uint8Array(der).fill(1, offset + contentStart, offset + end);
}
