import { OcspbotError } from '../util/errors.js';
import type { Certificate } from '../x509/certificate.js';
import { DerError } from '../x509/der.js';
import { recognize } from '../x509/file-kind.js';
import { blocksInFile } from '../x509/pem.js';
import { certificatesInPkcs7 } from '../x509/pkcs7.js';
import { readableCertificates } from '../x509/recent.js';

/**
 * Reads the certificates that a CA publishes: DER, PEM, or a SignedData without signatures (RFC 5280 §4.2.2.1). Nothing
 * is verified. Throws an OcspbotError if there is none.
 */
export function readPublished(bytes: Uint8Array): Certificate[] {
  const ders = recognize(bytes).kind === 'pkcs7' ? fromPkcs7(bytes) : fromFile(bytes);
  const certificates = readableCertificates(ders);
  if (certificates.length > 0) return certificates;
  throw new OcspbotError('not-a-certificate', 'the answer has no certificate that can be read');
}

function fromFile(bytes: Uint8Array): Uint8Array[] {
  return blocksInFile(bytes, 'the answer').flatMap((block) => (block.kind === 'der' ? [block.der] : []));
}

function fromPkcs7(bytes: Uint8Array): Uint8Array[] {
  try {
    return certificatesInPkcs7(bytes);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new OcspbotError('certificate-malformed', `the answer is a PKCS#7 bundle that ${error.message}`);
  }
}
