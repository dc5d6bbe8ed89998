import type { FailureClass, VerificationCode } from '../../util/errors.js';

const RESPONDER_FAULT = 'a fault of the responder: tell the CA';
const PASSING = 'a passing fault of the responder, most likely: it is asked again in the next run';
const STALE =
  'the responder, or a cache that nothing gets past, gives out old responses: tell who runs it; or the clock is ahead';
const OUR_CLOCK = "compare this machine's clock with the true time; clock_skew allows for a difference";
const CERTIFICATE_CLOCK =
  "compare this machine's clock with the true time; if it is right, the CA has given out this certificate too early";
const NOT_KNOWN =
  'a certificate just issued may not be known yet; else ask the CA, or look whether `chain` is of the right issuer';
const WRONG_SIGNER =
  'only the issuer, a delegate that it certified for OCSP signing, or one of trusted_responders may sign';
const RESPONDER_CERTIFICATE =
  'clients refuse the certificate of this responder: tell the CA, which must give it another one';
const ISSUER_CERTIFICATE =
  'clients refuse this certificate of the issuer: look whether `chain` is right, or ask the CA for another one';

/** The advice for each failure, as a sentence: how to make the check pass, or whom to ask. */
const REMEDIES: Readonly<Record<VerificationCode, string>> = {
  'der-malformed':
    'the file or the answer is not a well-formed OCSP response: see who wrote it, or what stands between',
  'responder-malformed-request':
    'the responder does not like the request: let http.hash and http.method be auto, if they are not',
  'responder-internal-error': PASSING,
  'responder-try-later': PASSING,
  'responder-sig-required':
    'this responder wants signed requests, which ocspbot does not make: ask the CA for another one',
  'responder-unauthorized': NOT_KNOWN,
  'responder-status-unknown': RESPONDER_FAULT,
  'response-type-unknown': RESPONDER_FAULT,
  'version-unsupported': RESPONDER_FAULT,
  'no-single-response': RESPONDER_FAULT,
  'critical-extension': 'it says something that must be understood, and is not: ask the CA what it is for',
  'certid-mismatch':
    'a response of this very certificate is needed: after a renewal, one of the new certificate',
  'certid-hash-mismatch': 'the responder must answer in kind: let http.hash be auto, if it is not',
  'responses-disagree': RESPONDER_FAULT,
  'answer-not-first':
    'accepted, but clients with GnuTLS look at the first answer: the responder should answer about this certificate alone',
  'responder-id-mismatch': RESPONDER_FAULT,
  'signature-algorithm-refused':
    'the responder must sign with RSA, ECDSA or EdDSA and SHA-256, SHA-384 or SHA-512',
  'signature-algorithm-malformed': RESPONDER_FAULT,
  'signature-key-mismatch': RESPONDER_FAULT,
  'signature-key-unsound': 'nobody should trust this key: tell the CA',
  'signature-key-weak': "the signer needs a key of today's strength: tell the CA",
  'signature-sha1': 'set allow_sha1_signatures if this is a private PKI that cannot do better',
  'signature-pss-unusual':
    'accepted, but some clients refuse it: the responder should sign with PKCS#1 v1.5 or ECDSA, or with PSS, SHA-256 and a salt of 32 octets',
  'signature-invalid':
    'it was changed on its way, or another key signed it: ask again by another network path',
  'signer-not-found':
    'the responder must send its certificate in each response: tell the CA; in a private PKI, trusted_responders may name it',
  'signer-not-authorized': WRONG_SIGNER,
  'signer-version': RESPONDER_CERTIFICATE,
  'signer-has-issuer-name': RESPONDER_CERTIFICATE,
  'signer-copy-differs':
    'accepted, but some clients (GnuTLS; OpenSSL, if a delegate signed) refuse it: if the CA has renewed its certificate, put the present one into the chain',
  'signer-without-ocsp-signing':
    'the CA must issue its certificate with extendedKeyUsage=OCSPSigning; in a private PKI, trusted_responders may name it',
  'signer-key-usage': RESPONDER_CERTIFICATE,
  'signer-non-repudiation':
    'accepted; the CA should put digitalSignature into the key usage of its responder',
  'signer-is-ca': RESPONDER_CERTIFICATE,
  'signer-name-constraints': RESPONDER_CERTIFICATE,
  'signer-not-yet-valid': CERTIFICATE_CLOCK,
  'signer-expired': 'the responder must renew its certificate: tell the CA',
  'signer-without-nocheck':
    'accepted; the CA should put id-pkix-ocsp-nocheck into the certificate of its responder',
  'signer-nocheck-critical':
    'accepted, but clients with GnuTLS refuse it: the CA should not mark that extension as critical',
  'time-malformed': RESPONDER_FAULT,
  'this-update-in-future': OUR_CLOCK,
  'produced-at-in-future': OUR_CLOCK,
  'next-update-missing': 'set assumed_validity if this responder leaves nextUpdate out on purpose',
  'next-update-before-this-update': RESPONDER_FAULT,
  'response-expired': STALE,
  'response-too-old': `${STALE}; max_age sets how old one may be`,
  'interval-unusual': 'accepted; publicly trusted CAs give between 8 hours and 10 days',
  'certificate-expired':
    'renew the certificate; if it was renewed, see that its files and the configuration name the new one',
  'issuer-version': ISSUER_CERTIFICATE,
  'issuer-not-ca': ISSUER_CERTIFICATE,
  'issuer-key-usage': ISSUER_CERTIFICATE,
  'issuer-extensions': ISSUER_CERTIFICATE,
  'issuer-not-yet-valid': CERTIFICATE_CLOCK,
  'issuer-expired':
    'give the renewed certificate of the issuer as `chain`, or get a certificate from an issuer that is valid',
  'path-not-yet-valid': CERTIFICATE_CLOCK,
  'path-expired':
    'the certificate needs another chain, up to a root that is valid: ask the CA, then renew `chain` and `rootchain`',
  'nonce-mismatch': 'somebody gives out answers to other questions; http.nonce: false does without',
  'nonce-critical':
    'accepted, but Firefox refuses it: the responder should not mark the nonce as critical; http.nonce: false may do without',
  'certificate-revoked':
    'replace the certificate and its key; visitors that check revocation are turned away',
  'certificate-unknown': NOT_KNOWN,
  'older-than-installed': STALE,
  'not-good-for-all':
    'a shared file needs a response that is good for all its certificates: where the responder does not give any, give each certificate a file and a server block of its own, or take ssl_stapling_file out, so that nginx asks for itself',
};

export function remedyFor(code: VerificationCode): string {
  return REMEDIES[code];
}

/** Details of a failure that replace those of its code and of its check. */
export interface FailureDetails {
  readonly class?: FailureClass | undefined;
  /** A sentence that tells the user what to do. */
  readonly remedy?: string | undefined;
  /** The section of the standard that has the rule. */
  readonly section?: string;
}

/** CRLReason (RFC 5280 §5.3.1); 7 is not used. */
const REASONS: Readonly<Record<number, string>> = {
  0: 'unspecified',
  1: 'keyCompromise',
  2: 'cACompromise',
  3: 'affiliationChanged',
  4: 'superseded',
  5: 'cessationOfOperation',
  6: 'certificateHold',
  8: 'removeFromCRL',
  9: 'privilegeWithdrawn',
  10: 'aACompromise',
};

export function reasonName(reason: number | undefined): string {
  if (reason === undefined) return 'not given';
  return REASONS[reason] ?? `${reason}`;
}
