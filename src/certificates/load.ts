import { DerError } from '../asn1/der.js';
import { LIMITS } from '../defaults.js';
import { OcspbotError } from '../errors.js';
import type { Files } from '../system/interfaces/files.js';
import { readCertificate, type Certificate } from './certificate.js';
import { certificatesInFile } from './pem.js';

/** Reads all certificates of a file. Throws OcspbotErrors that name it. */
export function loadCertificates(path: string, files: Pick<Files, 'read'>): Certificate[] {
  return certificatesInFile(readFile(path, files), path).map((der) => parse(der, path));
}

/** Of several files: `trusted_responders`, for example. */
export function loadAllCertificates(paths: readonly string[], files: Pick<Files, 'read'>): Certificate[] {
  return paths.flatMap((path) => loadCertificates(path, files));
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

function parse(der: Uint8Array, path: string): Certificate {
  try {
    return readCertificate(der);
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause;
    throw malformed(path, cause);
  }
}

export function malformed(path: string, { message }: DerError): OcspbotError {
  const problem = `${path} has a certificate that cannot be read: it ${message}`;
  return new OcspbotError('certificate-malformed', problem, {
    hint: 'look at it with: openssl x509 -noout -text -in FILE',
  });
}

/** Issuers' files of many certificates have the same content: each is parsed once, and so is its key. */
export class IssuerCache {
  readonly #files: Pick<Files, 'read'>;
  readonly #known = new Map<string, readonly Certificate[]>();

  constructor(files: Pick<Files, 'read'>) {
    this.#files = files;
  }

  load(path: string): readonly Certificate[] {
    const bytes = readFile(path, this.#files);
    const key = Buffer.from(bytes).toString('latin1');
    const certificates =
      this.#known.get(key) ?? certificatesInFile(bytes, path).map((der) => parse(der, path));
    this.#known.set(key, certificates);
    return certificates;
  }
}
