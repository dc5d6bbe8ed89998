import { DerError } from '../asn1/der.js';
import { assertStrictDer } from '../asn1/strict.js';
import { recognize } from '../certificates/file-kind.js';
import { LIMITS } from '../defaults.js';
import type { Files } from '../system/interfaces/files.js';

// Tells files that a typing error has named in place of a staple, which must not be replaced, from what is left of a
// response that was damaged.

/** Says what a file plainly is besides an OCSP response; undefined for whatever may have been one. */
export function plainlyOther(bytes: Uint8Array): string | undefined {
  const { kind, name } = recognize(bytes);
  if (kind === 'ocsp-response' || isRemains(bytes)) return undefined;
  if (!isNameless(bytes)) return `it holds ${name}`;
  return bytes.length > LIMITS.stapleFile
    ? 'it holds data of an unknown kind, larger than any OCSP response'
    : undefined;
}

/** Tells octets that may be of a damaged response, or of a file that only its owner knows. */
export function isUnknown(bytes: Uint8Array): boolean {
  return isNameless(bytes) && !isRemains(bytes);
}

/** What is no proper DER may be a response with a hole in it. */
function isNameless(bytes: Uint8Array): boolean {
  const { kind } = recognize(bytes);
  return kind === 'unknown' || (kind === 'other-der' && !isDer(bytes));
}

function isDer(bytes: Uint8Array): boolean {
  try {
    assertStrictDer(bytes);
    return true;
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return false;
  }
}

const BLANKS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x20]);

/** Nothing, blanks, the first octet of DER, or zeros, which some file systems leave after a power cut. */
function isRemains(bytes: Uint8Array): boolean {
  const isFirst = bytes.length === 1 && bytes[0] === 0x30;
  return isFirst || bytes.every((octet) => octet === 0) || bytes.every((octet) => BLANKS.has(octet));
}

/** Looks into a file that is larger than any response. */
export function problemOfLarge(path: string, files: Pick<Files, 'read'>): string | undefined {
  try {
    return plainlyOther(files.read(path, LIMITS.backupFile));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EFBIG') return undefined;
    return `it has more than ${LIMITS.backupFile / 2 ** 20} MiB, and no OCSP response has so much`;
  }
}
