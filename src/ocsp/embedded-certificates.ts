import { X509Certificate } from 'node:crypto';
import { DerError, TAG, elements, readOnly, type Element } from '../asn1/der.js';
import { readCertificate, type Certificate } from '../certificates/certificate.js';

/**
 * The `certs` of a BasicOCSPResponse (RFC 6960 §4.2.1). No signature covers them, and clients refuse the whole response
 * for one that they cannot parse, whether or not it is the signer's. Most of them parse like OpenSSL, which looks
 * further into names and algorithms than we do.
 */
export function readCertificates({ content }: Element): Certificate[] {
  return elements(readOnly(content, TAG.sequence, 'certs')).map(({ bytes }) => {
    try {
      if (!isReadByOpenssl(bytes)) throw new DerError('OpenSSL does not read');
      return readCertificate(bytes);
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      throw new DerError(`brings along a certificate that ${error.message}`);
    }
  });
}

/** The constructor also takes PEM, wherever in the bytes it stands: hence the comparison. */
function isReadByOpenssl(der: Uint8Array): boolean {
  try {
    return new X509Certificate(der).raw.equals(der);
  } catch {
    return false;
  }
}
