import { sameOctets } from '../asn1/octets.js';
import type { Certificate } from '../certificates/certificate.js';
import { commonName } from '../certificates/name.js';
import type { Subject } from '../certificates/subject.js';
import type { VerificationCode } from '../error-codes.js';
import type { Staple } from '../staple/staple.js';
import type { Handshake } from '../system/interfaces/servers.js';
import type { Circumstances } from '../verification/question.js';
import { verify, type VerifiedResponse } from '../verification/verify.js';
import { issuerOf, readShown, type Shown } from './shown.js';

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
  if (known?.staple.kind === 'usable' && sameOctets(known.staple.response.der, handshake.stapled))
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
