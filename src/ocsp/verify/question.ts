import type { ResponsePolicy } from '../../configuration/model.js';
import type { FailureClass, VerificationCode } from '../../util/errors.js';
import type { Instant } from '../../util/time.js';
import type { Certificate } from '../../x509/certificate.js';
import { NOT_ACCEPTED } from '../../x509/signature.js';
import type { HashName } from '../../x509/name.js';

/** Of which certificate a response must speak, and who may sign it. */
export interface Question {
  /** Content octets of the certificate's serialNumber. */
  readonly serialNumber: Uint8Array;
  readonly issuer: Certificate;
  /** notAfter of the certificate; undefined where only its serial number is known. */
  readonly certificateEnd?: Instant | undefined;
  /** Certificates above the issuer up to a root, where one is given: they must be valid, and bind delegates. */
  readonly path?: readonly Certificate[] | undefined;
  /** Pinned by configuration: these may sign for the issuer, whoever issued them. */
  readonly trustedResponders: readonly Certificate[];
}

/** The parts of a request that its answer must repeat. */
export interface Asked {
  /** Of the CertID. */
  readonly hash: HashName;
  /** Undefined where none was sent. */
  readonly nonce: Uint8Array | undefined;
}

/** Between these times a response is in force. */
export interface InstalledTimes {
  readonly thisUpdate: Instant;
  readonly nextUpdate: Instant;
}

/** By which measure and at which moment a response is judged. */
export interface Circumstances {
  readonly policy: ResponsePolicy;
  readonly now: Instant;
  /** What was sent, where the response is the answer to a request. */
  readonly asked?: Asked | undefined;
  /** Times of the response in place that is good, or was before its time was over: the new one may not be older. */
  readonly installed?: InstalledTimes | undefined;
  /** A good response may be older, because the one in place is of no use or a person wants it so. News of a revocation may not. */
  readonly mayBeOlder?: boolean | undefined;
  /** Failures that a person overlooks: they become warnings. */
  readonly forgiven?: readonly Forgivable[] | undefined;
}

const POLICY: ReadonlySet<VerificationCode> = new Set<VerificationCode>([
  ...NOT_ACCEPTED,
  'signature-sha1',
  'signer-non-repudiation',
  'signer-without-nocheck',
  'this-update-in-future',
  'produced-at-in-future',
  'next-update-missing',
  'next-update-before-this-update',
  'response-expired',
  'response-too-old',
  'certificate-expired',
  'interval-unusual',
  'older-than-installed',
]);

export function classOf(code: VerificationCode): FailureClass {
  return POLICY.has(code) ? 'policy' : 'evidence';
}

/**
 * What a person may overlook by force: that a response which was good has outlived its time. Nothing else: what is
 * forged, of another certificate, revoked or from the future is not even then installed.
 */
export type Forgivable = Extract<VerificationCode, 'response-expired' | 'response-too-old'>;

export const FORGIVABLE: readonly Forgivable[] = ['response-expired', 'response-too-old'];

/** What a failure has in place of what its code and its check have. */
export interface FailureDetails {
  readonly class?: FailureClass | undefined;
  /** What to do about it. */
  readonly remedy?: string | undefined;
  /** Where the rule is written. */
  readonly section?: string;
}
