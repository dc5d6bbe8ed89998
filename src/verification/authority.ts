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

/** The issuer itself may always sign; its own validity is another step's business. */
export function faultOf(
  { kind, certificate }: Candidate,
  question: Question,
  { policy, now }: Circumstances,
): Fault | undefined {
  if (kind === 'issuer') return undefined;
  try {
    const lack = kind === 'embedded' ? lacksDelegation(certificate, question, policy) : undefined;
    return lack ?? outsideValidity(certificate, now);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return { code: 'signer-not-authorized', problem: () => `the signer's certificate ${error.message}` };
  }
}

/** Issued directly by the issuer's key, for OCSP signing. */
function lacksDelegation(
  certificate: Certificate,
  { issuer }: Question,
  { allowSha1Signatures }: Circumstances['policy'],
): Fault | undefined {
  const fault = (code: VerificationCode, problem: string): Fault => {
    return { code, problem: () => `${commonName(certificate.subject)} ${problem}` };
  };
  const issued = verifyIssuedBy(certificate, issuer);
  if (!sameOctets(certificate.issuer, issuer.subject) || issued.kind === 'refused') {
    return fault('signer-not-authorized', `was not issued by ${commonName(issuer.subject)}`);
  }
  if (issued.kind === 'valid-sha1' && !allowSha1Signatures) {
    return fault('signature-sha1', `has a certificate signed by ${issued.algorithm}`);
  }
  assertReadableExtensions(certificate);
  if (!mayOcspSign(certificate)) {
    return fault('signer-without-ocsp-signing', 'has no extended key usage id-kp-OCSPSigning');
  }
  if (!mayDigitallySign(certificate)) {
    return fault('signer-key-usage', 'has a key usage without digitalSignature');
  }
  // RFC 5280 §4.2: whoever does not recognize a critical extension must reject the certificate.
  const unknown = unknownCriticalExtension(certificate);
  if (unknown === undefined) return undefined;
  return fault('signer-not-authorized', `has the unknown critical extension ${unknown}`);
}

function outsideValidity({ subject, notBefore, notAfter }: Certificate, now: Instant): Fault | undefined {
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
