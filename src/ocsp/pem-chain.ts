import { LIMITS } from '../util/limits.js';
import { decodeText } from '../util/text.js';
import { BASE64, toPem } from '../x509/pem.js';
import type { VerifiedResponse } from './verify/verify.js';

const LABEL = 'OCSP RESPONSE';
const BEGIN = `-----BEGIN ${LABEL}-----`;
const END = `-----END ${LABEL}-----`;
/** The responses that a file may have: about the server's certificate and all CA certificates of a path. */
const MOST = 1 + LIMITS.pathLength;

/** The content of the file of a staple. */
export interface StapleContent {
  readonly response: VerifiedResponse;
  /** The responses about the issuers, in a file in `format: pem-chain`; undefined in a file that is the response itself. */
  readonly issuerResponses?: readonly VerifiedResponse[] | undefined;
}

/** Returns the bytes of a file with this content. */
export function bytesOf({ response, issuerResponses }: StapleContent): Uint8Array {
  if (issuerResponses === undefined) return response.der;
  return toPemChain([response, ...issuerResponses].map(({ der }) => der));
}

/** Writes responses as GnuTLS reads them (gnutls_certificate_set_ocsp_status_request_file2): PEM blocks, the leaf's first. */
export function toPemChain(responses: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.from(responses.map((der) => toPem(LABEL, der)).join('')));
}

/** Returns the responses of a file in this form; none if it has another one. */
export function fromPemChain(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes[0] === 0x30) return [];
  const [, ...blocks] = decodeText(bytes).split(BEGIN);
  return blocks.flatMap(decodeBlock).slice(0, MOST);
}

function decodeBlock(text: string): Uint8Array[] {
  const end = text.indexOf('-----');
  const body = text.slice(0, Math.max(end, 0)).trim();
  if (!text.startsWith(END, end) || !BASE64.test(body)) return [];
  return [new Uint8Array(Buffer.from(body, 'base64'))];
}

/** Returns the response of a file that is for the server's own certificate: the first of a chain, or all bytes. */
export function leafResponseIn(bytes: Uint8Array): Uint8Array {
  return fromPemChain(bytes)[0] ?? bytes;
}
