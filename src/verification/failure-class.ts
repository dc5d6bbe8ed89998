import type { VerificationCode } from '../error-codes.js';

/**
 * `evidence`: the response is wrong. `policy`: it is genuine, but not wanted here and now
 * (its times, its age, a SHA-1 signature).
 */
export type FailureClass = 'evidence' | 'policy';

const POLICY: ReadonlySet<VerificationCode> = new Set([
  'signature-sha1',
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
