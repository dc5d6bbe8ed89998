import { DerError } from '../asn1/der.js';
import type { Entry } from '../configuration/model.js';
import { OcspbotError } from '../errors.js';
import type { Files } from '../system/interfaces/files.js';
import type { Instant } from '../time/instant.js';
import type { Certificate } from './certificate.js';
import { findIssuer, findLeaf } from './chain.js';
import { assertVersion, loadBundle, malformed, type Bundle, type IssuerCache } from './load.js';
import { assertMayIssue, findPath } from './path.js';
import { isMustStaple, ocspUrls } from './usage.js';

/** A certificate and the issuer that signed it. */
export interface Subject {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  /** Certificates above the issuer, up to a root; undefined where no root is given. */
  readonly path: readonly Certificate[] | undefined;
  /** URLs of its responders, as they are written. */
  readonly ocspUrls: readonly string[];
  /** Of certificates in its files that cannot be read and are not needed here. */
  readonly damage: readonly OcspbotError[];
}

type EntryFiles = Pick<Entry, 'cert' | 'chain' | 'rootchain'>;

/** Reads the files of an entry and sees that they belong together. Throws OcspbotErrors that name the file. */
export function loadSubject(
  entry: EntryFiles,
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
    // The one that is missed may be the one that is damaged.
    throw damage[0] ?? error;
  }
}

/** Finds the issuer, and the path from it to a root where one is given; else it is trusted as it stands. */
function trust(
  certificate: Certificate,
  { between, roots }: { between: readonly Certificate[]; roots: readonly Certificate[] | undefined },
  { cert, chain = cert, rootchain = cert }: EntryFiles,
  now: Instant,
): Pick<Subject, 'issuer' | 'path'> {
  const issuer = findIssuer(certificate, between, chain, now);
  if (roots !== undefined) {
    return { issuer, path: findPath({ certificate, issuer, between, roots, where: rootchain, now }) };
  }
  assertMayIssue(issuer, chain);
  return { issuer, path: undefined };
}

const NOTHING: Bundle = { certificates: [], damage: [] };

/** Those that decide whether and whom to ask: better said here, with the name of the file, than in the midst of a run. */
function readExtensions(certificate: Certificate, path: string): string[] {
  try {
    isMustStaple(certificate);
    return ocspUrls(certificate);
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause;
    throw malformed(path, cause);
  }
}
