import type { FileContent } from './file-content.js';
import { outline } from './outline.js';

/** The outlines of known structures; the first that matches counts. They need only the beginning of a file. */
const SHAPES: readonly (readonly [RegExp, FileContent])[] = [
  [/^\(\(0?[iv](?:\(\)){3}\(/, 'certificate'], // RFC 5280 §4.1
  [/^\(\(v\(\)\(\)[0)]/, 'certificate-request'], // RFC 2986 §4.2
  [/^\(\(v?\(\)\(\)t/, 'revocation-list'], // RFC 5280 §5.1
  [/^\(v\(d0/, 'pkcs12'], // RFC 7292 §4
  [/^\(v(?:\(d|i|o)/, 'private-key'], // PKCS#8: RFC 5208 §5; RSA: RFC 8017 §A.1.2; EC: RFC 5915 §3
  [/^\(\(d.*\)o/, 'encrypted-private-key'], // RFC 5208 §6
  [/^\(\(d.*\)b/, 'public-key'], // RFC 5280 §4.1.2.7
  [/^\(d0/, 'pkcs7'], // RFC 2315 §7
  [/^\(e/, 'ocsp-response'], // RFC 6960 §4.2.1
  [/^\(\(0?1?\(\)2?\)/, 'ocsp-request'], // RFC 6960 §4.1.1
  [/^\(ii\)/, 'public-key'], // RSA: RFC 8017 §A.1.1
  [/^\(i[iv]/, 'parameters'], // DSA: RFC 3279 §2.3.2; Diffie-Hellman: PKCS#3 §9
];

/** The DER of id-pkix-ocsp-basic, which is near the beginning of each successful response (RFC 6960 §4.2.1). */
const OCSP_BASIC = Buffer.from('06092b0601050507300101', 'hex');

/** Reports whether the bytes have id-pkix-ocsp-basic near their beginning, even if the octets before it are damaged. */
function hasOcspBasic(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 32)).includes(OCSP_BASIC);
}

/** Recognizes a structure of BER or DER by its outline; undefined if it is none. */
export function contentOfDer(bytes: Uint8Array): FileContent | undefined {
  if (hasOcspBasic(bytes)) return 'ocsp-response';
  const shape = outline(bytes);
  const known = SHAPES.find(([pattern]) => pattern.test(shape));
  if (known !== undefined) return known[1];
  return /^\(.*\)$/.test(shape) ? 'other-der' : undefined;
}
