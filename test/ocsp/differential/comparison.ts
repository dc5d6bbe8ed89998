import type { ResponsePolicy } from '../../../src/configuration/model.js';
import type { VerificationCode } from '../../../src/util/errors.js';
import { DEFAULTS } from '../../../src/util/limits.js';
import type { Asked } from '../../../src/ocsp/verify/question.js';
import { verify } from '../../../src/ocsp/verify/verify.js';
import { DAY } from '../../../src/util/time.js';
import { readCertificate } from '../../../src/x509/certificate.js';
import { FLAWS } from './flaws.js';
import type { OpensslVerdict } from './openssl.js';
import type { ResponseParameters } from './response-parameters.js';
import type { CraftedResponse } from './crafted-response.js';
import { STRICTER } from './stricter.js';

/** The default policy, and the most permissive one. Neither may be laxer than OpenSSL. */
export const POLICIES = {
  strict: {
    clockSkew: DEFAULTS.clockSkew,
    maxAge: DEFAULTS.maxAge,
    assumedValidity: undefined,
    allowSha1Signatures: false,
  },
  permissive: {
    clockSkew: DEFAULTS.clockSkew,
    maxAge: DEFAULTS.maxAge,
    assumedValidity: 30 * DAY,
    allowSha1Signatures: true,
  },
} as const satisfies Record<string, ResponsePolicy>;

export interface OurVerdict {
  readonly verdict: OpensslVerdict['verdict'];
  /** The code of every failed check, except for the status of the certificate. */
  readonly codes: readonly VerificationCode[];
}

export function judge(
  { der, leaf, issuer, hash }: CraftedResponse,
  policy: ResponsePolicy,
  now: number,
): OurVerdict {
  const question = { serialNumber: leaf.serial, issuer: readCertificate(issuer.der), trustedResponders: [] };
  const { kind, checks } = verify(der, question, { policy, now, asked: askedBy(hash) });
  const codes = checks.flatMap((check) => (check.outcome === 'failed' ? [check.code] : []));
  return { verdict: kind === 'rejected' || kind === 'error-status' ? 'refused' : kind, codes };
}

/** Returns the request, if ocspbot can make it: it uses two hashes, OpenSSL any. */
function askedBy(hash: CraftedResponse['hash']): Asked | undefined {
  return hash === 'sha1' || hash === 'sha256' ? { hash, nonce: undefined } : undefined;
}

export type Agreement =
  | { readonly kind: 'agreed' }
  | { readonly kind: 'stricter'; readonly codes: readonly VerificationCode[] }
  | { readonly kind: 'wrong'; readonly why: string };

export interface Comparison {
  readonly parameters: ResponseParameters;
  readonly theirs: OpensslVerdict;
  readonly byPolicy: Readonly<Record<keyof typeof POLICIES, Agreement>>;
}

/** Requires that ocspbot is never laxer, and stricter only by the codes of the flaws of this response. */
export function compare(parameters: ResponseParameters, theirs: OpensslVerdict, ours: OurVerdict): Agreement {
  if (ours.verdict === theirs.verdict) return { kind: 'agreed' };
  if (theirs.verdict === 'refused') return { kind: 'wrong', why: `we are laxer: ${ours.verdict}` };
  const codes = ours.codes.filter((code) => !isTheirs(code, theirs));
  const corrected = parameters.flaws
    .map((name) => FLAWS[name].outcome)
    .filter((outcome) => typeof outcome === 'object');
  const isExplained = (code: VerificationCode) =>
    corrected.some((one) => one.code === code) ||
    (STRICTER.has(code) && expectedCodes(parameters).includes(code));
  const unexplained = codes.filter((code) => !isExplained(code));
  if (codes.length > 0 && unexplained.length === 0) return { kind: 'stricter', codes };
  return { kind: 'wrong', why: `OpenSSL says ${theirs.verdict}, we ${ours.verdict}: ${codes.join(', ')}` };
}

/** Reports whether a code is only the certificate status that OpenSSL reports too: it explains no difference. */
function isTheirs(code: VerificationCode, { verdict }: OpensslVerdict): boolean {
  return code === `certificate-${verdict}`;
}

/** Codes that a revocation outweighs. */
const OUTWEIGHED: ReadonlySet<VerificationCode> = new Set(['responses-disagree', 'certificate-revoked']);

/** Returns the codes by which ocspbot may be stricter about this response. */
export function expectedCodes({ signature, flaws, status }: ResponseParameters): VerificationCode[] {
  const codes = flaws.flatMap((name) => {
    const { outcome } = FLAWS[name];
    if (outcome === 'accepted' || outcome === 'refused') return [];
    return [typeof outcome === 'object' ? outcome.code : outcome];
  });
  const all = signature.endsWith('sha1') ? [...codes, 'signature-sha1' as const] : codes;
  return status === 'revoked' ? all.filter((code) => !OUTWEIGHED.has(code)) : all;
}
