import type { FailureClass, VerificationCode } from '../error-codes.js';
import { NOT_ACCEPTED } from '../signature/refusals.js';

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
