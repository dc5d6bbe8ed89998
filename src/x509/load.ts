import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import type { Files } from '../system/system.js';
import type { Instant } from '../util/time.js';
import { versionFault } from './ca.js';
import type { Certificate } from './certificate.js';
import { findIssuer, findLeaf } from './chain.js';
import { DerError } from './der.js';
import { isMustStaple, ocspUrls } from './extensions.js';
import { notACertificate, recognizeBlock } from './file-kind.js';
import { assertMayIssue, findPath } from './path.js';
import { blocksInFile } from './pem.js';
import { readRecentCertificate } from './recent.js';

/** The certificates of a file, as far as they can be read. */
interface Bundle {
  readonly certificates: readonly Certificate[];
  /** Why the others cannot be read. */
  readonly damage: readonly OcspbotError[];
}

/**
 * Reads a file of certificates. One that is damaged does not hurt the others, unless only the first one is `meant`.
 * Throws OcspbotErrors that name the file.
 */
export function loadBundle(path: string, files: Pick<Files, 'read'>, meant: 'first' | 'any'): Bundle {
  return toBundle(readFile(path, files), path, meant);
}

function toBundle(bytes: Uint8Array, path: string, meant: 'first' | 'any'): Bundle {
  const found = blocksInFile(bytes, path).map((block) =>
    block.kind === 'der' ? parse(block.der, path) : block.error,
  );
  const certificates = found.filter((one): one is Certificate => !(one instanceof OcspbotError));
  const damage = found.filter((one) => one instanceof OcspbotError);
  const [first] = found;
  if (first instanceof OcspbotError && (meant === 'first' || certificates.length === 0)) throw first;
  return { certificates, damage };
}

/** All that can be read. Throws OcspbotErrors that name the file. */
export function loadCertificates(path: string, files: Pick<Files, 'read'>): readonly Certificate[] {
  return loadBundle(path, files, 'any').certificates;
}

/** Those of several files that can be read. What is wrong with the others was seen with the configuration. */
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
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new OcspbotError('file-missing', `${path} does not exist`, { cause });
    if (code === 'EFBIG')
      throw new OcspbotError('file-too-large', `${path} is far too large for certificates`, { cause });
    const hint =
      code === 'EACCES'
        ? 'let the user that runs ocspbot read it'
        : 'look at that path, and for disk errors in the kernel log';
    throw new OcspbotError('file-unreadable', `${path} cannot be read (${code ?? String(cause)})`, {
      cause,
      hint,
    });
  }
}

function parse(der: Uint8Array, path: string): Certificate | OcspbotError {
  try {
    return readRecentCertificate(der);
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause;
    const content = recognizeBlock(der);
    const isOther = content.kind !== 'certificate' && content.kind !== 'unknown';
    return isOther ? notACertificate(content, path) : malformed(path, cause);
  }
}

function malformed(path: string, { message }: DerError): OcspbotError {
  const problem = `${path} has a certificate that cannot be read: it ${message}`;
  return new OcspbotError('certificate-malformed', problem, {
    hint: 'look at it with: openssl x509 -noout -text -in FILE',
  });
}

/** Throws `certificate-malformed` for a version that no client knows, or that may not have these fields. */
export function assertVersion(certificate: Certificate, path: string): void {
  const fault = versionFault(certificate);
  if (fault !== undefined) throw malformed(path, new DerError(fault));
}

/** Issuers' files of many certificates have the same content: each is parsed once, and so is its key. */
export class IssuerCache {
  readonly #files: Pick<Files, 'read'>;
  readonly #known = new Map<string, Bundle>();

  constructor(files: Pick<Files, 'read'>) {
    this.#files = files;
  }

  load(path: string): Bundle {
    const bytes = readFile(path, this.#files);
    const key = Buffer.from(bytes).toString('latin1');
    const bundle = this.#known.get(key) ?? toBundle(bytes, path, 'any');
    // Damage names its file.
    if (bundle.damage.length === 0) this.#known.set(key, bundle);
    return bundle;
  }
}

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

/** The files that a certificate and its issuers are read from; absolute paths. */
export interface CertificateFiles {
  readonly cert: string;
  /** The issuers; left out when `cert` is a full chain. */
  readonly chain: string | undefined;
  /** The issuers up to a trust anchor; left out when the issuer is trusted as given. */
  readonly rootchain: string | undefined;
}

/** Reads the files of an entry and sees that they belong together. Throws OcspbotErrors that name the file. */
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
    // The one that is missed may be the one that is damaged.
    throw damage[0] ?? error;
  }
}

/** Finds the issuer, and the path from it to a root where one is given; else it is trusted as it stands. */
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
