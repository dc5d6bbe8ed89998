import { equalBytes, toLatin1 } from '../util/bytes.js';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { readFailure } from '../util/read-failure.js';
import type { Files } from '../system/system.js';
import type { Instant } from '../util/time.js';
import { versionFault } from './ca.js';
import { type Certificate, readCertificate } from './certificate.js';
import { findIssuer, findLeaf } from './chain.js';
import { DerError } from './der.js';
import { isMustStaple, ocspUrls } from './extensions.js';
import { recognizeBlock } from './file-kind.js';
import { NotACertificate } from './not-a-certificate.js';
import { assertMayIssue, findPath } from './path.js';
import { blocksInFile } from './pem.js';
import { readRecentCertificate } from './recent.js';
import { type SentAuthority, sentAuthorities } from './sent-authorities.js';

/** The certificates of a file that can be read. */
interface Bundle {
  readonly certificates: readonly Certificate[];
  /** The reasons why the others cannot be read. */
  readonly damage: readonly OcspbotError[];
}

/**
 * Reads a file of certificates. A damaged certificate does not affect the others, unless it is the first and only the
 * first one is `meant`. Throws OcspbotErrors that name the file.
 */
export function loadBundle(path: string, files: Pick<Files, 'read'>, meant: 'first' | 'any'): Bundle {
  return toBundle(readFile(path, files), path, meant);
}

function toBundle(bytes: Uint8Array, path: string, meant: 'first' | 'any'): Bundle {
  // The first certificate of a server's file is its own, which no other file has.
  const found = blocksInFile(bytes, path).map((block, index) => {
    if (block.kind !== 'der') return block.error;
    return parse(block.der, path, meant === 'first' && index === 0 ? readCertificate : readRecentCertificate);
  });
  const certificates = found.filter((one): one is Certificate => !(one instanceof OcspbotError));
  const damage = found.filter((one) => one instanceof OcspbotError);
  const [first] = found;
  if (first instanceof OcspbotError && (meant === 'first' || certificates.length === 0)) throw first;
  return { certificates, damage };
}

/** Reads all readable certificates of a file. Throws OcspbotErrors that name the file. */
export function loadCertificates(path: string, files: Pick<Files, 'read'>): readonly Certificate[] {
  return loadBundle(path, files, 'any').certificates;
}

/** Reports whether a file has a certificate, without parsing any. Throws OcspbotErrors that name the file. */
export function hasCertificate(
  path: string,
  { der }: Pick<Certificate, 'der'>,
  files: Pick<Files, 'read'>,
): boolean {
  return blocksInFile(readFile(path, files), path).some(
    (block) => block.kind === 'der' && equalBytes(block.der, der),
  );
}

/** Reads all readable certificates of several files. The configuration check has reported the unreadable files. */
export function loadReadable(paths: readonly string[], files: Pick<Files, 'read'>): Certificate[] {
  return paths.flatMap((path) => {
    try {
      return loadCertificates(path, files);
    } catch (error) {
      if (error instanceof OcspbotError) return [];
      throw error;
    }
  });
}

function readFile(path: string, files: Pick<Files, 'read'>): Uint8Array {
  try {
    return files.read(path, LIMITS.certificateFile);
  } catch (cause) {
    throw unreadable(path, cause as NodeJS.ErrnoException);
  }
}

/** Makes the error, without the cause: the words of the system would say the same again. */
function unreadable(path: string, cause: NodeJS.ErrnoException): OcspbotError {
  const { problem, hint } = readFailure(cause);
  switch (cause.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new OcspbotError('file-missing', `${path} ${problem}`, { hint });
    case 'EFBIG':
      return new OcspbotError('file-too-large', `${path} ${problem} for certificates`, {
        hint: 'name a file that has only the certificate and its issuers',
      });
    default:
      return new OcspbotError('file-unreadable', `${path} ${problem}`, { hint });
  }
}

function parse(
  der: Uint8Array,
  path: string,
  read: (der: Uint8Array) => Certificate,
): Certificate | OcspbotError {
  try {
    return read(der);
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause;
    const content = recognizeBlock(der);
    const isOther = content.kind !== 'certificate' && content.kind !== 'unknown';
    return isOther ? new NotACertificate(content, path) : malformed(path, cause);
  }
}

function malformed(path: string, { message }: DerError): OcspbotError {
  const problem = `${path} has a certificate that cannot be read: it ${message}`;
  return new OcspbotError('certificate-malformed', problem, {
    hint: 'look at it with: openssl x509 -noout -text -in FILE',
  });
}

/** Throws `certificate-malformed` for an unknown version, or one that must not have the fields of the certificate. */
export function assertVersion(certificate: Certificate, path: string): void {
  const fault = versionFault(certificate);
  if (fault !== undefined) throw malformed(path, new DerError(fault));
}

/** Caches issuers' files by their content: many certificates have the same issuers, whose keys are then parsed once. */
export class IssuerCache {
  readonly #files: Pick<Files, 'read'>;
  readonly #known = new Map<string, Bundle>();
  /** The last files, since an entry has mostly the same ones as the entry before it. */
  #last: readonly LoadedFile[] = [];

  constructor(files: Pick<Files, 'read'>) {
    this.#files = files;
  }

  load(path: string): Bundle {
    const bytes = readFile(path, this.#files);
    const again = this.#last.find((one) => equalBytes(one.bytes, bytes));
    if (again !== undefined) return again.bundle;
    const key = toLatin1(bytes);
    const bundle = this.#known.get(key) ?? toBundle(bytes, path, 'any');
    // The errors of damaged certificates name their file, so they are not shared between files.
    if (bundle.damage.length > 0) return bundle;
    this.#known.set(key, bundle);
    this.#last = [{ bytes, bundle }, ...this.#last].slice(0, FILES_OF_AN_ENTRY);
    return bundle;
  }
}

/** The files of issuers that an entry names: `chain` and `rootchain`. */
const FILES_OF_AN_ENTRY = 2;

interface LoadedFile {
  readonly bytes: Uint8Array;
  readonly bundle: Bundle;
}

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
