import type { VerificationCode } from '../../../src/util/errors.js';

/** A flaw that OpenSSL accepted, until a release that refuses it as we do. */
export interface Corrected {
  /** The code by which ocspbot refuses it. */
  readonly code: VerificationCode;
  /** Releases that are known to refuse it. The others accept it, unless a distribution has patched them. */
  readonly refusedBy: RegExp;
  readonly why: string;
}

/** X.690 §11.7.2. */
export const SECONDS_REQUIRED: Corrected = {
  code: 'time-malformed',
  refusedBy: /^3\.[3-9]\.|^[4-9]\./,
  why: 'OpenSSL 3.3 reads no GeneralizedTime without seconds (openssl/openssl#23483)',
};

/** RFC 9919 §3.2.4, RFC 5280 §4.1.2.5.2. */
export const COMPARABLE_TIME_REQUIRED: Corrected = {
  code: 'time-malformed',
  refusedBy: /^3\.5\.(?:9|\d\d)|^[4-9]\./,
  why: 'before 3.5.9, a time that OpenSSL could not compare with now passed its check (openssl/openssl#32396)',
};

/** RFC 5280 §6.1.3 (a)(2). */
export const VALID_ISSUER_REQUIRED: Corrected = {
  code: 'issuer-expired',
  refusedBy: /^3\.0\.2\d|^3\.5\.(?:[7-9]|\d\d)|^[4-9]\./,
  why: 'OpenSSL 3.0.17 does not look at the validity of an issuer that signs itself',
};

/** RFC 6960 §4.2.2.2. */
export const OWN_CERTIFICATES_ONLY: Corrected = {
  code: 'signer-not-authorized',
  refusedBy: VALID_ISSUER_REQUIRED.refusedBy,
  why: 'OpenSSL 3.0.17 lets a delegate speak of certificates of other issuers',
};
