import { DerError } from '../asn1/der.js';
import { sameOctets } from '../asn1/octets.js';
import type { Certificate } from '../certificates/certificate.js';
import { commonName } from '../certificates/name.js';
import { verifyIssuedBy } from '../certificates/public-key.js';
import {
  assertReadableExtensions,
  mayDigitallySign,
  mayOcspSign,
  unknownCriticalExtension,
} from '../certificates/usage.js';
import type { VerificationCode } from '../error-codes.js';
import { formatInstant, type Instant } from '../time/instant.js';
import type { Circumstances, Question } from './question.js';

/** Someone whose key may have made the signature. */
export interface Candidate {
  readonly kind: 'issuer' | 'pinned' | 'embedded';
  readonly certificate: Certificate;
}

/** Why somebody may not sign for the issuer. */
export interface Fault {
  readonly code: VerificationCode;
  readonly problem: () => string;
}

/** Finds the fault of a certificate in the response that is no delegate of the issuer: its key must not be used. */
export function lacksDelegation(
  { kind, certificate }: Candidate,
  { issuer }: Question,
  { policy }: Circumstances,
): Fault | undefined {
  if (kind !== 'embedded') return undefined;
  try {
    // The signature comes last: anybody can send any number of certificates, and only it costs time.
    return unfitToDelegate(certificate, issuer) ?? notSignedBy(issuer, certificate, policy);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return { code: 'signer-not-authorized', problem: () => `the signer's certificate ${error.message}` };
  }
}

function fault({ subject }: Certificate, code: VerificationCode, problem: string): Fault {
  return { code, problem: () => `${commonName(subject)} ${problem}` };
}

function notIssuedBy(issuer: Certificate, certificate: Certificate): Fault {
  return fault(certificate, 'signer-not-authorized', `was not issued by ${commonName(issuer.subject)}`);
}

/** Compares the names, and reads what the certificate says about its use. */
function unfitToDelegate(certificate: Certificate, issuer: Certificate): Fault | undefined {
  if (!sameOctets(certificate.issuer, issuer.subject)) return notIssuedBy(issuer, certificate);
  assertReadableExtensions(certificate);
  if (!mayOcspSign(certificate)) {
    return fault(certificate, 'signer-without-ocsp-signing', 'has no extended key usage id-kp-OCSPSigning');
  }
  if (!mayDigitallySign(certificate)) {
    return fault(certificate, 'signer-key-usage', 'has a key usage without digitalSignature');
  }
  // RFC 5280 §4.2: whoever does not recognize a critical extension must reject the certificate.
  const unknown = unknownCriticalExtension(certificate);
  if (unknown === undefined) return undefined;
  return fault(certificate, 'signer-not-authorized', `has the unknown critical extension ${unknown}`);
}

function notSignedBy(
  issuer: Certificate,
  certificate: Certificate,
  { allowSha1Signatures }: Circumstances['policy'],
): Fault | undefined {
  const issued = verifyIssuedBy(certificate, issuer);
  if (issued.kind === 'refused') return notIssuedBy(issuer, certificate);
  if (issued.kind === 'valid' || allowSha1Signatures) return undefined;
  return fault(certificate, 'signature-sha1', `has a certificate signed by ${issued.algorithm}`);
}

/** Finds whether a signer is outside of its validity. The issuer's own validity is another step's business. */
export function outsideValidity({ kind, certificate }: Candidate, now: Instant): Fault | undefined {
  if (kind === 'issuer') return undefined;
  const { subject, notBefore, notAfter } = certificate;
  const name = () => commonName(subject);
  if (now < notBefore) {
    const problem = () => `${name()} is valid from ${formatInstant(notBefore)}`;
    return { code: 'signer-not-yet-valid', problem };
  }
  if (now > notAfter) {
    return { code: 'signer-expired', problem: () => `${name()} expired at ${formatInstant(notAfter)}` };
  }
  return undefined;
}
