import { decodeText } from '../util/text.js';

const LABEL = 'OCSP RESPONSE';
const BLOCK = /-----BEGIN OCSP RESPONSE-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END OCSP RESPONSE-----/g;

/** Writes responses as GnuTLS reads them (gnutls_certificate_set_ocsp_status_request_file2): PEM blocks, the leaf's first. */
export function toPemChain(responses: readonly Uint8Array[]): Uint8Array {
  const blocks = responses.map((der) => {
    const lines =
      Buffer.from(der)
        .toString('base64')
        .match(/.{1,64}/g) ?? [];
    return `-----BEGIN ${LABEL}-----\n${lines.join('\n')}\n-----END ${LABEL}-----\n`;
  });
  return new Uint8Array(Buffer.from(blocks.join('')));
}

/** Returns the responses of a file in this form; none if it has another one. */
export function fromPemChain(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes[0] === 0x30) return [];
  const found = decodeText(bytes).matchAll(BLOCK);
  return [...found].map(([, body = '']) => new Uint8Array(Buffer.from(body, 'base64')));
}

/** Returns the response of a file that is for the server's own certificate: the first of a chain, or all bytes. */
export function leafResponseIn(bytes: Uint8Array): Uint8Array {
  return fromPemChain(bytes)[0] ?? bytes;
}
