import { LIMITS } from '../util/limits.js';
import { readOr } from '../x509/der.js';
import { recognize } from '../x509/file-kind.js';
import { assertStrictDer } from '../x509/strict-der.js';

// A typing error in the configuration may name another file in place of a staple. Such a file must not be
// replaced. It is told here from the remains of a damaged response.

/** Names what a file plainly is if it is not an OCSP response; undefined for a file that may have been one. */
export function plainlyOther(bytes: Uint8Array): string | undefined {
  const { kind, name } = recognize(bytes);
  if (kind === 'ocsp-response' || isRemains(bytes)) return undefined;
  if (!isNameless(bytes)) return `it holds ${name}`;
  return bytes.length > LIMITS.stapleFile
    ? 'it holds data of an unknown kind, larger than any OCSP response'
    : undefined;
}

/**
 * Says what a file is that was given as a response in DER: the end of a sentence whose subject is the file. Returns
 * undefined for one that may be a damaged response.
 */
export function otherThanDer(bytes: Uint8Array): string | undefined {
  const { kind, form, name } = recognize(bytes);
  if (kind === 'ocsp-response' && form === 'base64') return `is ${name}: decode it with base64 -d`;
  const other = plainlyOther(bytes);
  return other === undefined ? undefined : `is not an OCSP response: ${other}`;
}

/** Reports whether bytes may be a damaged response, or a file that only its owner knows. */
export function isUnknown(bytes: Uint8Array): boolean {
  return isNameless(bytes) && !isRemains(bytes);
}

/** Reports whether the kind of a file is unknown. Invalid DER counts: it may be a damaged response. */
function isNameless(bytes: Uint8Array): boolean {
  const { kind } = recognize(bytes);
  return kind === 'unknown' || (kind === 'other-der' && !isDer(bytes));
}

function isDer(bytes: Uint8Array): boolean {
  return readOr(() => {
    assertStrictDer(bytes);
    return true;
  }, false);
}

const BLANKS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x20]);

/**
 * Reports whether a file is empty or holds only blanks, the first byte of DER, or zeros, which some file systems leave
 * after a power cut.
 */
function isRemains(bytes: Uint8Array): boolean {
  const isFirst = bytes.length === 1 && bytes[0] === 0x30;
  return isFirst || bytes.every((byte) => byte === 0) || bytes.every((byte) => BLANKS.has(byte));
}
