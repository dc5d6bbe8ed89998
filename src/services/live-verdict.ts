import { OcspbotError, type VerificationCode } from '../util/errors.js';
import type { Circumstances } from '../ocsp/verify/question.js';
import { type VerifiedResponse, verify } from '../ocsp/verify/verify.js';
import type { Staple } from '../staple/staple.js';
import type { Handshake } from '../system/system.js';
import { equalBytes } from '../util/bytes.js';
import type { Instant } from '../util/time.js';
import type { Certificate } from '../x509/certificate.js';
import { findIssuer } from '../x509/chain.js';
import { DerError } from '../x509/der.js';
import { isMustStaple, ocspUrls } from '../x509/extensions.js';
import type { Subject } from '../x509/load.js';
import { commonName } from '../x509/name.js';
import { readRecentCertificate } from '../x509/recent.js';

/** A certificate of the configuration, and what lies in its file. */
export interface Known {
  readonly name: string;
  readonly file: string;
  readonly subject: Subject;
  readonly staple: Staple;
  /** Whether there is anybody to ask for a response. */
  readonly hasResponder: boolean;
}

/** What a server staples, against what lies in the file. */
export type LiveVerdict =
  /** The response in the file. */
  | { readonly kind: 'same'; readonly known: Known; readonly served: VerifiedResponse }
  /** A good one, older than that in the file: a reload is missing. */
  | {
      readonly kind: 'older';
      readonly known: Known;
      readonly served: VerifiedResponse;
      readonly installed: VerifiedResponse;
    }
  /** A good one, newer than that in the file, or where nothing good is in it. */
  | { readonly kind: 'newer'; readonly known: Known; readonly served: VerifiedResponse }
  /** A good one, and there is no file to compare it with. */
  | { readonly kind: 'good'; readonly served: VerifiedResponse }
  | (Refused & { readonly kind: 'expired' })
  /** For another certificate than the one that is served. */
  | (Refused & { readonly kind: 'foreign' })
  /** It fails another check: revoked, forged, too old. */
  | (Refused & { readonly kind: 'refused' })
  | { readonly kind: 'absent'; readonly known: Known | undefined }
  /** None, and there can be none: the certificate is one without OCSP. */
  | { readonly kind: 'not-applicable'; readonly known: Known | undefined }
  /** The certificate itself is none of those that are looked after. */
  | { readonly kind: 'other-certificate'; readonly subject: string }
  /** There is no way to tell, in words; `hint` where it is not for lack of a connection. */
  | { readonly kind: 'unreachable'; readonly problem: string; readonly hint?: string };

interface Refused {
  readonly known: Known | undefined;
  readonly code: VerificationCode;
  readonly problem: string;
}

/** Where served certificates are looked up; of several entries for one, that of the stapled response. */
export type LookUp = (served: Certificate, stapled: Uint8Array | undefined) => Known | undefined;

/** By what a response is judged. */
export type Measure = Pick<Circumstances, 'policy' | 'now'> & {
  readonly trustedResponders: readonly Certificate[];
};

/** By the same checks as every other response. `lookUp`: undefined without a configuration to compare with. */
export function judgeLive(handshake: Handshake, lookUp: LookUp | undefined, measure: Measure): LiveVerdict {
  if (handshake.kind === 'failed') return { kind: 'unreachable', problem: handshake.problem };
  const shown = readShown(handshake.certificates);
  if (typeof shown === 'string') return { kind: 'unreachable', problem: shown, hint: UNREADABLE };
  const { certificate } = shown;
  const known = lookUp?.(certificate, handshake.stapled);
  if (lookUp !== undefined && known === undefined)
    return { kind: 'other-certificate', subject: commonName(certificate.subject) };
  if (handshake.stapled === undefined) return { kind: missing(shown, known), known };
  const issuer = known?.subject.issuer ?? issuerOf(shown, measure.now);
  if (typeof issuer === 'string') return { kind: 'unreachable', problem: issuer, hint: NO_ISSUER };
  // It was verified when the file was read, at the same time of the same run.
  if (known?.staple.kind === 'usable' && equalBytes(known.staple.response.der, handshake.stapled))
    return { kind: 'same', known, served: known.staple.response };
  const question = {
    serialNumber: certificate.serialNumber,
    certificateEnd: certificate.notAfter,
    issuer,
    path: known?.subject.path,
    trustedResponders: measure.trustedResponders,
  };
  const examination = verify(handshake.stapled, question, measure);
  if (examination.kind === 'good') return compare(examination.response, known);
  const { code = 'der-malformed', problem } = examination;
  return { kind: kindOf(code), known, code, problem };
}

const UNREADABLE = 'see which certificate the server has been given';
const NO_ISSUER = 'let the server send its whole chain, or name the configuration with --config';

function missing(
  { namesResponder, mustStaple }: Shown,
  known: Known | undefined,
): 'absent' | 'not-applicable' {
  const canBe = known?.staple.kind === 'usable' || (known?.hasResponder ?? namesResponder);
  return canBe || mustStaple ? 'absent' : 'not-applicable';
}

function kindOf(code: VerificationCode): 'expired' | 'foreign' | 'refused' {
  if (code === 'response-expired') return 'expired';
  return code === 'certid-mismatch' || code === 'certid-hash-mismatch' ? 'foreign' : 'refused';
}

function compare(served: VerifiedResponse, known: Known | undefined): LiveVerdict {
  if (known === undefined) return { kind: 'good', served };
  if (known.staple.kind !== 'usable') return { kind: 'newer', known, served };
  const installed = known.staple.response;
  const gain = served.thisUpdate - installed.thisUpdate || served.usefulUntil - installed.usefulUntil;
  if (gain < 0) return { kind: 'older', known, served, installed };
  return { kind: gain > 0 ? 'newer' : 'same', known, served };
}

/** What a server shows of itself. */
interface Shown {
  readonly certificate: Certificate;
  /** That were sent along, as far as they can be read. */
  readonly others: readonly Certificate[];
  readonly namesResponder: boolean;
  readonly mustStaple: boolean;
}

/** In words, where it cannot be read. */
function readShown([first, ...others]: readonly Uint8Array[]): Shown | string {
  if (first === undefined) return 'the server shows no certificate';
  try {
    const certificate = readRecentCertificate(first);
    const namesResponder = ocspUrls(certificate).length > 0;
    const mustStaple = isMustStaple(certificate);
    return { certificate, others: others.flatMap(ifReadable), namesResponder, mustStaple };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return `the server shows a certificate that cannot be read: it ${error.message}`;
  }
}

/** Of what is sent along, most is not needed. */
function ifReadable(der: Uint8Array): Certificate[] {
  try {
    return [readRecentCertificate(der)];
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return [];
  }
}

function issuerOf({ certificate, others }: Shown, now: Instant): Certificate | string {
  try {
    return findIssuer(certificate, others, 'the chain that the server shows', now);
  } catch (error) {
    if (!(error instanceof OcspbotError)) throw error;
    return error.message;
  }
}
