import { DerError } from '../asn1/der.js';
import type { Certificate } from '../certificates/certificate.js';
import { findIssuer } from '../certificates/chain.js';
import { readRecentCertificate } from '../certificates/recent.js';
import { isMustStaple, ocspUrls } from '../certificates/usage.js';
import { OcspbotError } from '../errors.js';
import type { Instant } from '../time/instant.js';

/** What a server shows of itself. */
export interface Shown {
  readonly certificate: Certificate;
  /** That were sent along, as far as they can be read. */
  readonly others: readonly Certificate[];
  readonly namesResponder: boolean;
  readonly mustStaple: boolean;
}

/** In words, where it cannot be read. */
export function readShown([first, ...others]: readonly Uint8Array[]): Shown | string {
  if (first === undefined) return 'the server shows no certificate';
  try {
    const certificate = readRecentCertificate(first);
    const namesResponder = ocspUrls(certificate).length > 0;
    const mustStaple = isMustStaple(certificate);
    return { certificate, others: others.flatMap(ifReadable), namesResponder, mustStaple };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return `the server shows a certificate that cannot be read: it ${error.message}`;
  }
}

/** Of what is sent along, most is not needed. */
function ifReadable(der: Uint8Array): Certificate[] {
  try {
    return [readRecentCertificate(der)];
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return [];
  }
}

export function issuerOf({ certificate, others }: Shown, now: Instant): Certificate | string {
  try {
    return findIssuer(certificate, others, 'the chain that the server shows', now);
  } catch (error) {
    if (!(error instanceof OcspbotError)) throw error;
    return error.message;
  }
}
