import type { VerificationCode } from '../../../src/util/errors.js';

interface Reason {
  readonly section: string;
  readonly why: string;
}

/** Codes by which ocspbot refuses responses that OpenSSL accepts, and the sections that justify it. */
export const STRICTER: ReadonlyMap<VerificationCode, Reason> = new Map<VerificationCode, Reason>([
  [
    'der-malformed',
    { section: 'RFC 6960 §4.2.1, X.690 §10.1', why: 'an OCSPResponse is DER; OpenSSL reads BER' },
  ],
  ['version-unsupported', { section: 'RFC 6960 §4.2.1', why: 'v1 is the only one; OpenSSL does not look' }],
  [
    'critical-extension',
    { section: 'RFC 6960 §4.4, RFC 5280 §4.2', why: 'OpenSSL does not look at criticality' },
  ],
  ['certid-hash-mismatch', { section: 'RFC 9919 §3.1', why: 'only SHA-1 and SHA-256 are ever asked for' }],
  ['responses-disagree', { section: 'RFC 6960 §3.2 (1)', why: 'OpenSSL takes the first of several answers' }],
  [
    'certificate-revoked',
    { section: 'RFC 6960 §2.2', why: 'a signed revocation behind a good answer counts' },
  ],
  [
    'responder-id-mismatch',
    { section: 'RFC 6960 §4.2.1', why: 'OpenSSL compares names by their text, not their DER' },
  ],
  ['signature-sha1', { section: 'BR §7.1.3.2.1', why: 'SHA-1 signatures only by opt-in' }],
  [
    'signature-key-weak',
    { section: 'BR §6.1.5', why: 'RSA below 2048 bits and curves other than P-256/384/521' },
  ],
  [
    'signature-algorithm-refused',
    { section: 'BR §7.1.3.2, RFC 6960 §4.3', why: 'MD5 and SHA-224 are not listed' },
  ],
  [
    'signature-algorithm-malformed',
    { section: 'RFC 5758 §3.2, RFC 4055 §5', why: 'OpenSSL ignores parameters' },
  ],
  [
    'signer-key-usage',
    { section: 'RFC 5280 §4.2.1.3, BR §7.1.2.8', why: 'OpenSSL does not look at KeyUsage here' },
  ],
  [
    'signer-is-ca',
    { section: 'RFC 5280 §4.2.1.9, BR §7.1.2.8', why: 'mozilla::pkix refuses it; OpenSSL does not look' },
  ],
  [
    'signer-version',
    { section: 'RFC 5280 §4.1.2.1, §4.1.2.9', why: 'GnuTLS or Go refuses it; OpenSSL does not look' },
  ],
  [
    'signer-has-issuer-name',
    { section: 'RFC 5280 §4.1.2.6', why: 'OpenSSL takes it only where it is named by its key' },
  ],
  [
    'issuer-expired',
    {
      section: 'RFC 5280 §6.1.3 (a)(2)',
      why: 'the issuer is the one given, not one that the response brings along',
    },
  ],
  [
    'time-malformed',
    { section: 'RFC 9919 §3.2.4, RFC 5280 §4.1.2.5.2', why: 'OpenSSL lets any form of time pass' },
  ],
  ['produced-at-in-future', { section: 'RFC 6960 §4.2.2.1', why: 'OpenSSL does not look at producedAt' }],
  ['next-update-missing', { section: 'RFC 9919 §5', why: 'OpenSSL takes it as good for ever' }],
  ['next-update-before-this-update', { section: 'RFC 6960 §4.2.2.1', why: 'OpenSSL lets both be the same' }],
  ['response-expired', { section: 'RFC 6960 §3.2 (6)', why: 'OpenSSL adds the skew to nextUpdate as well' }],
]);
