import { DerError } from '../asn1/der.js';
import type { Entry } from '../configuration/model.js';
import type { Files } from '../system/interfaces/files.js';
import type { Certificate } from './certificate.js';
import { assertTrusted, findIssuer, findLeaf } from './chain.js';
import { loadCertificates, malformed, type IssuerCache } from './load.js';
import { isMustStaple, ocspUrls } from './usage.js';

/** A certificate and the issuer that signed it. */
export interface Subject {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  /** URLs of its responders, as they are written. */
  readonly ocspUrls: readonly string[];
}

type EntryFiles = Pick<Entry, 'cert' | 'chain' | 'rootchain'>;

/** Reads the files of an entry and sees that they belong together. Throws OcspbotErrors that name the file. */
export function loadSubject(entry: EntryFiles, files: Pick<Files, 'read'>, issuers: IssuerCache): Subject {
  const own = loadCertificates(entry.cert, files);
  const certificate = findLeaf(own, entry.cert);
  const urls = readExtensions(certificate, entry.cert);
  const chain = entry.chain === undefined ? [] : issuers.load(entry.chain);
  const anchors = entry.rootchain === undefined ? [] : issuers.load(entry.rootchain);
  const candidates = [...chain, ...own, ...anchors];
  const issuer = findIssuer(certificate, candidates, entry.chain ?? entry.cert);
  if (entry.rootchain !== undefined) assertTrusted(issuer, candidates, anchors, entry.rootchain);
  return { certificate, issuer, ocspUrls: urls };
}

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
