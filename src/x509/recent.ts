import { toLatin1 } from '../util/bytes.js';
import { LIMITS } from '../util/limits.js';
import { type Certificate, readCertificate } from './certificate.js';
import { readOr } from './der.js';

/** The cache, by the bytes as latin1 text. The certificate that was used last is at the end. */
const recent = new Map<string, Certificate>();
let bytesHeld = 0;

/**
 * Reads a DER certificate, or returns the one that was read from the same bytes before: every response embeds the same
 * delegates, and the key, the hashes and the verified issuer of a certificate are cached with it. Throws DerError.
 */
export function readRecentCertificate(der: Uint8Array): Certificate {
  const key = toLatin1(der);
  const known = recent.get(key);
  // A copy, because a view would keep the whole response in memory.
  const certificate = known ?? readCertificate(new Uint8Array(der));
  if (known === undefined) bytesHeld += key.length;
  else recent.delete(key);
  recent.set(key, certificate);
  forgetOldest();
  return certificate;
}

/** Reads the DER certificates that can be read. Most of a chain are not needed, so the others are left out. */
export function readableCertificates(ders: readonly Uint8Array[]): Certificate[] {
  return ders.flatMap((der) => readOr(() => [readRecentCertificate(der)], []));
}

/** Removes the oldest certificates, because strangers may send any number of them. */
function forgetOldest(): void {
  for (const key of recent.keys()) {
    if (bytesHeld <= LIMITS.recentCertificates) return;
    recent.delete(key);
    bytesHeld -= key.length;
  }
}
