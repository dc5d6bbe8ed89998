import type { KnownCertificate, LiveVerdict, LookUp, LiveCircumstances } from './types.js';
import { OcspbotError, type VerificationCode } from '../util/errors.js';
import { isForOther } from '../ocsp/verify/check.js';
import { type VerifiedResponse, verify } from '../ocsp/verify/verify.js';
import type { Handshake } from '../system/system.js';
import { equalBytes } from '../util/bytes.js';
import type { Instant } from '../util/time.js';
import type { Certificate } from '../x509/certificate.js';
import { findIssuer } from '../x509/chain.js';
import { DerError } from '../x509/der.js';
import { isMustStaple, ocspUrls } from '../x509/extensions.js';
import { keyAlgorithmName } from '../x509/key-name.js';
import { commonName } from '../x509/name.js';
import { readableCertificates, readRecentCertificate } from '../x509/recent.js';

/** Verifies the stapled response by the same checks as any other. Without a configuration `lookUp` is undefined. */
export function liveVerdict(
  handshake: Handshake,
  lookUp: LookUp | undefined,
  circumstances: LiveCircumstances,
): LiveVerdict {
  if (handshake.kind === 'failed') {
    const { reason, problem } = handshake;
    return { kind: 'unreachable', problem, hint: reason === 'unknown-name' ? UNKNOWN_NAME : NO_TLS };
  }
  const shown = readShown(handshake.certificates);
  if (typeof shown === 'string') return { kind: 'unreachable', problem: shown, hint: UNREADABLE };
  const { certificate } = shown;
  const known = lookUp?.(certificate, handshake.stapled);
  if (lookUp !== undefined && known === undefined)
    return { kind: 'other-certificate', subject: commonName(certificate.subject) };
  if (handshake.stapled === undefined) return { kind: missing(shown, known), known };
  const issuer = known?.subject.issuer ?? issuerOf(shown, circumstances.now);
  if (typeof issuer === 'string') return { kind: 'unreachable', problem: issuer, hint: NO_ISSUER };
  // The response in the file was verified when it was read, by the same reading of the clock.
  if (known?.staple.kind === 'usable' && equalBytes(known.staple.response.der, handshake.stapled))
    return { kind: 'same', known, served: known.staple.response };
  const question = {
    serialNumber: certificate.serialNumber,
    certificateEnd: certificate.notAfter,
    issuer,
    path: known?.subject.path,
    trustedResponders: circumstances.trustedResponders,
  };
  const examination = verify(handshake.stapled, question, circumstances);
  if (examination.kind === 'good') return compare(examination.response, known);
  const { code, problem } = examination;
  return { kind: kindOf(code), known, code, problem };
}

/** Names the key of the certificate that a server shows; undefined if there is none that can be read. */
export function keyShown(handshake: Handshake): string | undefined {
  const shown = handshake.kind === 'completed' ? readShown(handshake.certificates) : '';
  return typeof shown === 'string' ? undefined : shown.key;
}

const UNKNOWN_NAME = 'check the name of the host; an address with --servername NAME does without it';
const NO_TLS = 'see that the server runs, and that it speaks TLS there';
const UNREADABLE = 'see which certificate the server has been given';
const NO_ISSUER = 'let the server send its whole chain, or name the configuration with --config';

function missing(
  { namesResponder, mustStaple }: Shown,
  known: KnownCertificate | undefined,
): 'absent' | 'not-applicable' {
  const canBe = known?.staple.kind === 'usable' || (known?.hasResponder ?? namesResponder);
  return canBe || mustStaple ? 'absent' : 'not-applicable';
}

function kindOf(code: VerificationCode): 'expired' | 'foreign' | 'refused' {
  if (code === 'response-expired') return 'expired';
  return isForOther(code) ? 'foreign' : 'refused';
}

function compare(served: VerifiedResponse, known: KnownCertificate | undefined): LiveVerdict {
  if (known === undefined) return { kind: 'good', served };
  if (known.staple.kind !== 'usable') return { kind: 'newer', known, served };
  const installed = known.staple.response;
  const gain = served.thisUpdate - installed.thisUpdate || served.usefulUntil - installed.usefulUntil;
  if (gain < 0) return { kind: 'older', known, served, installed };
  return { kind: gain > 0 ? 'newer' : 'same', known, served };
}

/** The certificates that a server shows. */
interface Shown {
  readonly certificate: Certificate;
  /** The algorithm of its key. */
  readonly key: string;
  /** The readable certificates of the chain that was sent along. */
  readonly others: readonly Certificate[];
  readonly namesResponder: boolean;
  readonly mustStaple: boolean;
}

/** Reads the certificates that a server shows. Returns the reason, in words, if the first one cannot be read. */
function readShown([first, ...sent]: readonly Uint8Array[]): Shown | string {
  if (first === undefined) return 'the server shows no certificate';
  try {
    const certificate = readRecentCertificate(first);
    const namesResponder = ocspUrls(certificate).length > 0;
    const mustStaple = isMustStaple(certificate);
    const key = keyAlgorithmName(certificate);
    const others = readableCertificates(sent);
    return { certificate, key, others, namesResponder, mustStaple };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return `the server shows a certificate that cannot be read: it ${error.message}`;
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
