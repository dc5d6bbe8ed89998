import { OcspbotError } from '../util/errors.js';
import { decodeText } from '../util/text.js';
import { readElement } from './der.js';
import { recognize } from './file-kind.js';
import { NotACertificate } from './not-a-certificate.js';
import { CERTIFICATE_LABELS, pemBegins } from './pem-labels.js';

/** The DER of a certificate of a file, or the reason why it cannot be read. */
export type Block =
  | { readonly kind: 'der'; readonly der: Uint8Array }
  | { readonly kind: 'damaged'; readonly error: OcspbotError };

/**
 * Returns the DER of every certificate in a file: PEM in any order, between other text and other blocks (such as a key,
 * which HAProxy needs), or bare DER. `path` is for the messages. Throws an OcspbotError if a certificate is damaged.
 */
export function certificatesInFile(bytes: Uint8Array, path: string): Uint8Array[] {
  return blocksInFile(bytes, path).map((block) => {
    if (block.kind === 'damaged') throw block.error;
    return block.der;
  });
}

/**
 * Reads every certificate in a file, even if others are damaged. Throws an OcspbotError if the file has no certificate.
 */
export function blocksInFile(bytes: Uint8Array, path: string): Block[] {
  if (bytes.length === 0)
    throw new OcspbotError('file-empty', `${path} is empty`, {
      hint: 'write the certificate again from its source',
    });
  if (isDer(bytes)) return derBlocks(bytes, path);
  const text = decodeText(bytes);
  const found = pemBegins(text)
    .filter(({ label }) => CERTIFICATE_LABELS.has(label))
    .map(({ label, end }) => pemBlock(text, label, end, path));
  if (found.length === 0) throw new NotACertificate(recognize(bytes), path);
  return found;
}

/** Reports whether the bytes begin with a SEQUENCE of more than 127 octets. No text begins like this. */
function isDer(bytes: Uint8Array): boolean {
  return bytes[0] === 0x30 && (bytes[1] as number) >= 0x80;
}

/** Splits concatenated DER. Bytes after the last certificate, such as a line end, are ignored. */
function derBlocks(bytes: Uint8Array, path: string): Block[] {
  const file = recognize(bytes);
  if (!['certificate', 'other-der', 'unknown'].includes(file.kind)) throw new NotACertificate(file, path);
  const found: Block[] = [];
  for (let rest = bytes; isDer(rest);) {
    const der = firstElement(rest);
    found.push({ kind: 'der', der });
    rest = rest.subarray(der.length);
  }
  return found;
}

/** Returns the first element; all bytes if they are not DER, so that the parser explains why. */
function firstElement(bytes: Uint8Array): Uint8Array {
  try {
    return readElement(bytes).bytes;
  } catch {
    return bytes;
  }
}

/** Matches the lines between those of BEGIN and END. */
export const BASE64 = /^[A-Za-z0-9+/\s]+(?:=\s*){0,2}$/;

function pemBlock(text: string, label: string, start: number, path: string): Block {
  const end = text.indexOf('-----', start);
  if (end < 0 || !text.startsWith(`-----END ${label}-----`, end))
    return damaged(`${path} has a PEM certificate that breaks off before its END line`, 'cut short');
  const body = text.slice(start, end);
  if (!BASE64.test(body)) return damaged(`${path} has a PEM certificate that is not base64`, 'damaged');
  const bytes = new Uint8Array(Buffer.from(body, 'base64'));
  // OpenSSL appends its trust settings to a TRUSTED CERTIFICATE.
  return { kind: 'der', der: label === 'TRUSTED CERTIFICATE' ? firstElement(bytes) : bytes };
}

/** Writes a PEM block. */
export function toPem(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

function damaged(problem: string, guess: string): Block {
  const hint = `write the certificate again from its source: the file seems ${guess}`;
  return { kind: 'damaged', error: new OcspbotError('certificate-malformed', problem, { hint }) };
}
