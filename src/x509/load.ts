import { equalBytes, toLatin1 } from '../util/bytes.js';
import { OcspbotError } from '../util/errors.js';
import { LIMITS } from '../util/limits.js';
import { readFailure } from '../util/read-failure.js';
import type { Files } from '../system/system.js';
import { versionFault } from './ca.js';
import { type Certificate, readCertificate } from './certificate.js';
import { DerError } from './der.js';
import { recognizeBlock } from './file-kind.js';
import { NotACertificate } from './not-a-certificate.js';
import { blocksInFile } from './pem.js';
import { readRecentCertificate } from './recent.js';

/** The certificates of a file that can be read. */
export interface Bundle {
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

export function malformed(path: string, { message }: DerError): OcspbotError {
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
