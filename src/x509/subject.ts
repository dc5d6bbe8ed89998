import { OcspbotError } from '../util/errors.js';
import type { Files } from '../system/system.js';
import type { Instant } from '../util/time.js';
import type { Certificate } from './certificate.js';
import { findIssuer, findLeaf } from './chain.js';
import { DerError } from './der.js';
import { isMustStaple, ocspUrls } from './extensions.js';
import { assertVersion, type Bundle, type IssuerCache, loadBundle, loadReadable, malformed } from './load.js';
import { assertMayIssue, findPath } from './path.js';
import { type SentAuthority, sentAuthorities } from './sent-authorities.js';

/** A certificate and the issuer that signed it. */
export interface Subject {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  /** The certificates above the issuer, up to a root; undefined if no root is given. */
  readonly path: readonly Certificate[] | undefined;
  /** The URLs of the responders, as they are written. */
  readonly ocspUrls: readonly string[];
  /** The errors of unreadable certificates in the files that are not needed here. */
  readonly damage: readonly OcspbotError[];
  /** The CA certificates that the server sends; set for a file that has responses about them, too. */
  readonly sent?: readonly SentAuthority[] | undefined;
  /** The certificates of other entries that share the file of the response, by the names of the entries. */
  readonly partners?: readonly (readonly [name: string, subject: Subject])[] | undefined;
}

/** The absolute paths of the files that a certificate and its issuers are read from. */
export interface CertificateFiles {
  readonly cert: string;
  /** The file of the issuers; undefined if `cert` is a full chain. */
  readonly chain: string | undefined;
  /** The file of the issuers up to a trust anchor; undefined if the issuer is trusted as given. */
  readonly rootchain: string | undefined;
}

/** Reads the files of an entry and checks that they belong together. Throws OcspbotErrors that name the file. */
export function loadSubject(
  entry: CertificateFiles,
  files: Pick<Files, 'read'>,
  issuers: IssuerCache,
  now: Instant,
): Subject {
  const own = loadBundle(entry.cert, files, 'first');
  const certificate = findLeaf(own.certificates);
  assertVersion(certificate, entry.cert);
  const urls = readExtensions(certificate, entry.cert);
  const chain = entry.chain === undefined ? NOTHING : issuers.load(entry.chain);
  const roots = entry.rootchain === undefined ? undefined : issuers.load(entry.rootchain);
  const bundles = [chain, own, roots ?? NOTHING];
  const damage = bundles.flatMap((bundle) => bundle.damage);
  try {
    const between = bundles.flatMap(({ certificates }) => certificates);
    const trusted = trust(certificate, { between, roots: roots?.certificates }, entry, now);
    return { certificate, ...trusted, ocspUrls: urls, damage };
  } catch (error) {
    // The missing certificate may be a damaged one.
    throw damage[0] ?? error;
  }
}

/** Finds the issuer, and its path to a root if roots are given; without roots the issuer is trusted as given. */
function trust(
  certificate: Certificate,
  { between, roots }: { between: readonly Certificate[]; roots: readonly Certificate[] | undefined },
  { cert, chain = cert, rootchain = cert }: CertificateFiles,
  now: Instant,
): Pick<Subject, 'issuer' | 'path'> {
  const issuer = findIssuer(certificate, between, chain, now);
  if (roots !== undefined) {
    return { issuer, path: findPath({ certificate, issuer, between, roots, where: rootchain, now }) };
  }
  assertMayIssue(issuer, chain);
  return { issuer, path: undefined };
}

/** Reads the CA certificates that a server sends after its own. */
export function loadSentAuthorities(
  certificate: Certificate,
  { cert, chain, rootchain }: CertificateFiles,
  files: Pick<Files, 'read'>,
  now: Instant,
): readonly SentAuthority[] {
  const load = (path: string | undefined) => (path === undefined ? [] : loadReadable([path], files));
  const found = { own: load(cert), between: load(chain), roots: load(rootchain) };
  return sentAuthorities(certificate, found, now);
}

const NOTHING: Bundle = { certificates: [], damage: [] };

/**
 * Reads the extensions that decide whether and whom to ask, so that an error names the file before a request is sent.
 */
function readExtensions(certificate: Certificate, path: string): string[] {
  try {
    isMustStaple(certificate);
    return ocspUrls(certificate);
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause;
    throw malformed(path, cause);
  }
}
