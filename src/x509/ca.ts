import type { VerificationCode } from '../util/errors.js';
import { type Certificate, isSelfIssued } from './certificate.js';
import { DerError, readOr, sequence, TAG } from './der.js';
import { unknownCriticalExtension } from './critical-extensions.js';
import { assertReadableExtensions, hasKeyUsage, EXTENSION } from './extensions.js';

/** BasicConstraints (RFC 5280 §4.2.1.9). */
export interface BasicConstraints {
  readonly isCa: boolean;
  /** The number of CA certificates that may be below this one on a path; undefined if there is no limit. */
  readonly pathLength: number | undefined;
}

/** Reads BasicConstraints; undefined if the certificate has none. Throws DerError. */
export function basicConstraints({ extensions }: Certificate): BasicConstraints | undefined {
  const extension = extensions.get(EXTENSION.basicConstraints);
  if (extension === undefined) return undefined;
  const fields = sequence(extension.value, 'BasicConstraints');
  const isCa = fields.optional(TAG.boolean)?.content[0] === 0xff;
  const pathLength = fields.optional(TAG.integer)?.content;
  fields.end();
  return { isCa, pathLength: pathLength && readLength(pathLength) };
}

function readLength(content: Uint8Array): number {
  if ((content[0] ?? 0) >= 0x80) throw new DerError('has a negative pathLenConstraint');
  return content.length > 4 ? Infinity : Buffer.from(content).readUIntBE(0, content.length);
}

export type CaCode = Extract<VerificationCode, `issuer-${string}`>;

/** The reason why a certificate may not issue others. `problem` is the end of a sentence whose subject is its name. */
export interface CaFault {
  readonly code: CaCode;
  readonly problem: string;
}

/**
 * Finds why a certificate must not be a CA on a path (RFC 5280 §6.1.4). Its validity and its place are not checked
 * here.
 */
export function caFault(certificate: Certificate): CaFault | undefined {
  const version = versionFault(certificate);
  if (version !== undefined) return { code: 'issuer-version', problem: version };
  try {
    assertReadableExtensions(certificate);
    return constraintFault(certificate);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return { code: 'issuer-extensions', problem: error.message };
  }
}

/**
 * Checks the version: 1, 2 or 3 (RFC 5280 §4.1.2.1), and extensions only in version 3 (§4.1.2.9). Go refuses other
 * versions. GnuTLS refuses extensions and unique identifiers that the version does not allow, and Go ignores them.
 */
export function versionFault({ version, leastVersion }: Certificate): string | undefined {
  if (version < 1 || version > 3) return `is of version ${version}, which does not exist`;
  if (version >= leastVersion) return undefined;
  const fields = leastVersion === 3 ? 'extensions' : 'unique identifiers';
  return `is of version ${version} and has ${fields}, which only version ${leastVersion} may have`;
}

function constraintFault(certificate: Certificate): CaFault | undefined {
  // RFC 5280 §6.1.4 (k)
  if (!isAllowedToIssue(certificate)) {
    return { code: 'issuer-not-ca', problem: 'is not a CA: it has no basicConstraints with cA TRUE' };
  }
  // RFC 5280 §6.1.4 (n)
  if (hasKeyUsage(certificate, 'keyCertSign') === false) {
    return { code: 'issuer-key-usage', problem: 'has a key usage without keyCertSign' };
  }
  // RFC 5280 §4.2
  const unknown = unknownCriticalExtension(certificate, 'ca');
  if (unknown === undefined) return undefined;
  return { code: 'issuer-extensions', problem: `has the unknown critical extension ${unknown}` };
}

/**
 * Reports whether the certificate is a CA. A root of version 1 cannot say so; OpenSSL and mozilla::pkix accept no other
 * CA of version 1. mozilla::pkix, GnuTLS and Go require basicConstraints in every CA of version 3.
 */
function isAllowedToIssue(certificate: Certificate): boolean {
  const constraints = basicConstraints(certificate);
  if (constraints !== undefined) return constraints.isCa;
  return certificate.version === 1 && isSelfIssued(certificate);
}

/**
 * Finds why an issuer that is trusted as given, without a path, may not issue certificates. A certificate without any
 * extension is accepted: private CAs have such ones, and a client that trusts one does not check it.
 */
export function issuerFault(certificate: Certificate): CaFault | undefined {
  const fault = caFault(certificate);
  return fault?.code === 'issuer-not-ca' && certificate.extensions.size === 0 ? undefined : fault;
}

export function mayIssue(certificate: Certificate): boolean {
  return issuerFault(certificate) === undefined;
}

/** Reports whether basicConstraints has cA TRUE; false if it cannot be read. */
export function isCa(certificate: Certificate): boolean {
  return readOr(() => basicConstraints(certificate)?.isCa === true, false);
}
