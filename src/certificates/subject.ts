import { DerError } from '../asn1/der.js';
import type { Entry } from '../configuration/model.js';
import { OcspbotError } from '../errors.js';
import type { Files } from '../system/interfaces/files.js';
import type { Certificate } from './certificate.js';
import { assertTrusted, findIssuer, findLeaf } from './chain.js';
import { loadBundle, malformed, type Bundle, type IssuerCache } from './load.js';
import { isMustStaple, ocspUrls } from './usage.js';

/** A certificate and the issuer that signed it. */
export interface Subject {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  /** URLs of its responders, as they are written. */
  readonly ocspUrls: readonly string[];
  /** Of certificates in its files that cannot be read and are not needed here. */
  readonly damage: readonly OcspbotError[];
}

type EntryFiles = Pick<Entry, 'cert' | 'chain' | 'rootchain'>;

/** Reads the files of an entry and sees that they belong together. Throws OcspbotErrors that name the file. */
export function loadSubject(entry: EntryFiles, files: Pick<Files, 'read'>, issuers: IssuerCache): Subject {
  const own = loadBundle(entry.cert, files, 'first');
  const certificate = findLeaf(own.certificates);
  const urls = readExtensions(certificate, entry.cert);
  const chain = entry.chain === undefined ? NOTHING : issuers.load(entry.chain);
  const anchors = entry.rootchain === undefined ? NOTHING : issuers.load(entry.rootchain);
  const bundles = [chain, own, anchors];
  const candidates = bundles.flatMap(({ certificates }) => certificates);
  const damage = bundles.flatMap((bundle) => bundle.damage);
  try {
    const issuer = findIssuer(certificate, candidates, entry.chain ?? entry.cert);
    if (entry.rootchain !== undefined)
      assertTrusted(issuer, candidates, anchors.certificates, entry.rootchain);
    return { certificate, issuer, ocspUrls: urls, damage };
  } catch (error) {
    // The one that is missed may be the one that is damaged.
    throw damage[0] ?? error;
  }
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
