import type { Certificate } from './certificate.js';
import { EXTENSION } from './extensions.js';

/**
 * The extensions that every certificate may mark as critical. OpenSSL and mozilla::pkix recognize all of them. GnuTLS does not
 * know policyConstraints, which only CAs have, and id-pkix-ocsp-nocheck, of which the verification warns. Key identifiers
 * and access information are never critical (RFC 5280 §4.2).
 */
const MAY_BE_CRITICAL: ReadonlySet<string> = new Set([
  EXTENSION.keyUsage,
  EXTENSION.subjectAltName,
  EXTENSION.basicConstraints,
  EXTENSION.nameConstraints,
  EXTENSION.certificatePolicies,
  EXTENSION.policyConstraints,
  EXTENSION.extKeyUsage,
  EXTENSION.inhibitAnyPolicy,
  EXTENSION.ocspNoCheck,
]);

/**
 * The extensions that a CA's certificate may mark as critical: OpenSSL, GnuTLS and Go recognize cRLDistributionPoints, and
 * OpenSSL policyMappings (RFC 5280 §4.2.1.5, §4.2.1.13). Other clients refuse the certificate, with a staple or without.
 */
const MAY_BE_CRITICAL_OF_CA: ReadonlySet<string> = new Set([
  ...MAY_BE_CRITICAL,
  EXTENSION.cRLDistributionPoints,
  EXTENSION.policyMappings,
]);

/** Finds a critical extension that clients do not recognize: they must reject the certificate (RFC 5280 §4.2). */
export function unknownCriticalExtension(
  { extensions }: Certificate,
  kind: 'ca' | 'delegate',
): string | undefined {
  const known = kind === 'ca' ? MAY_BE_CRITICAL_OF_CA : MAY_BE_CRITICAL;
  return [...extensions].find(([id, { critical }]) => critical && !known.has(id))?.[0];
}
