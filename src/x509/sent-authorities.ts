import { equalBytes } from '../util/bytes.js';
import { LIMITS } from '../util/limits.js';
import type { Instant } from '../util/time.js';
import { type Certificate, isSelfIssued } from './certificate.js';
import { issuerAmong } from './chain.js';
import { readOr } from './der.js';
import { ocspUrls } from './extensions.js';

/** A CA certificate that a server sends together with its own. */
export interface SentAuthority {
  readonly certificate: Certificate;
  /** The URLs of the responders that it names, as they are written. */
  readonly ocspUrls: readonly string[];
  /** The CA certificates above it, up to a root or as far as they are known. */
  readonly above: readonly Certificate[];
}

/** The certificates of the files of an entry. */
interface Found {
  readonly own: readonly Certificate[];
  readonly between: readonly Certificate[];
  readonly roots: readonly Certificate[];
}

/**
 * Finds the CA certificates that a server sends after its own: those of `cert`, or of `chain` if `cert` has no others. A
 * root is left out. GnuTLS takes no file that has a response about any other certificate.
 */
export function sentAuthorities(
  certificate: Certificate,
  { own, between, roots }: Found,
  now: Instant,
): readonly SentAuthority[] {
  const sent = own.length > 1 ? own : between;
  return issuersOf(certificate, sent, now)
    .filter((one) => !isSelfIssued(one))
    .map((one) => ({
      certificate: one,
      ocspUrls: readOr(() => ocspUrls(one), []),
      above: issuersOf(one, [...own, ...between, ...roots], now),
    }));
}

/** Returns the CA certificates above a certificate, up to a root or as far as they are among the candidates. */
function issuersOf(
  certificate: Certificate,
  candidates: readonly Certificate[],
  now: Instant,
): readonly Certificate[] {
  const found = [certificate];
  for (let last = certificate; found.length <= LIMITS.pathLength && !isSelfIssued(last);) {
    const issuer = issuerAmong(last, candidates, now);
    // CAs may certify each other.
    if (issuer === undefined || found.some(({ der }) => equalBytes(der, issuer.der))) break;
    found.push(issuer);
    last = issuer;
  }
  return found.slice(1);
}
