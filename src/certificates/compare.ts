import { sameOctets } from '../asn1/octets.js';
import type { Instant } from '../time/instant.js';
import type { Certificate } from './certificate.js';

/** Tells whether two certificates have one name and key: renewed and cross-signed ones do. */
export function isTwin(one: Certificate, other: Certificate): boolean {
  return (
    sameOctets(one.subject, other.subject) && sameOctets(one.subjectPublicKeyInfo, other.subjectPublicKeyInfo)
  );
}

/** RFC 5280 §6.1.3 (a)(2): both ends count as inside. */
export function isInForce({ notBefore, notAfter }: Certificate, now: Instant): boolean {
  return now >= notBefore && now <= notAfter;
}
