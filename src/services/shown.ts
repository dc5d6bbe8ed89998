import { DerError } from '../asn1/der.js';
import { readCertificate, type Certificate } from '../certificates/certificate.js';
import { findIssuer } from '../certificates/chain.js';
import { isMustStaple, ocspUrls } from '../certificates/usage.js';
import { OcspbotError } from '../errors.js';

/** What a server shows of itself. */
export interface Shown {
  readonly certificate: Certificate;
  readonly others: readonly Certificate[];
  readonly namesResponder: boolean;
  readonly mustStaple: boolean;
}

/** In words, where it cannot be read. */
export function readShown(served: readonly Uint8Array[]): Shown | string {
  try {
    const [certificate, ...others] = served.map(readCertificate);
    if (certificate === undefined) return 'the server shows no certificate';
    const namesResponder = ocspUrls(certificate).length > 0;
    return { certificate, others, namesResponder, mustStaple: isMustStaple(certificate) };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return `the server shows a certificate that cannot be read: it ${error.message}`;
  }
}

export function issuerOf({ certificate, others }: Shown): Certificate | string {
  try {
    return findIssuer(certificate, others, 'the chain that the server shows');
  } catch (error) {
    if (!(error instanceof OcspbotError)) throw error;
    return error.message;
  }
}
