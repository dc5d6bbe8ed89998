import { LIMITS } from '../util/limits.js';
import { type Certificate, readCertificate } from './certificate.js';

/** By their octets as latin1 text, the one that was asked for last at the end. */
const recent = new Map<string, Certificate>();
let held = 0;

/**
 * Reads one DER certificate, or gives the one that was read from the same octets: issuers and delegates come with every
 * response, and what is known of a certificate (its key, its hashes, who issued it) is kept with it. Throws DerError.
 */
export function readRecentCertificate(der: Uint8Array): Certificate {
  const octets = Buffer.from(der.buffer, der.byteOffset, der.length).toString('latin1');
  const known = recent.get(octets);
  // A copy, lest the whole answer that it came with is kept in memory.
  const certificate = known ?? readCertificate(new Uint8Array(der));
  if (known === undefined) held += octets.length;
  else recent.delete(octets);
  recent.set(octets, certificate);
  forgetOldest();
  return certificate;
}

/** Strangers may send any number of certificates. */
function forgetOldest(): void {
  for (const octets of recent.keys()) {
    if (held <= LIMITS.recentCertificates) return;
    recent.delete(octets);
    held -= octets.length;
  }
}
