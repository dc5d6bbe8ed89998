import { OcspbotError } from '../util/errors.js';
import { decodeText } from '../util/text.js';
import { readElement } from './der.js';
import { CERTIFICATE_LABELS, notACertificate, pemBegins, recognize } from './file-kind.js';

/** One certificate of a file, or why its octets cannot be had. */
export type Block =
  | { readonly kind: 'der'; readonly der: Uint8Array }
  | { readonly kind: 'damaged'; readonly error: OcspbotError };

/**
 * DER of every certificate in a file: PEM in any order, between any other text and other blocks (a key, as
 * HAProxy wants it), or bare DER. `path` is for the messages.
 */
export function certificatesInFile(bytes: Uint8Array, path: string): Uint8Array[] {
  return blocksInFile(bytes, path).map((block) => {
    if (block.kind === 'damaged') throw block.error;
    return block.der;
  });
}

/** The same, with those that are damaged in their places. Throws for a file that has no certificate at all. */
export function blocksInFile(bytes: Uint8Array, path: string): Block[] {
  if (bytes.length === 0) throw new OcspbotError('file-empty', `${path} is empty`);
  if (isDer(bytes)) return derBlocks(bytes, path);
  const text = decodeText(bytes);
  const found = pemBegins(text)
    .filter(({ label }) => CERTIFICATE_LABELS.has(label))
    .map(({ label, end }) => pemBlock(text, label, end, path));
  if (found.length === 0) throw notACertificate(recognize(bytes), path);
  return found;
}

/** A SEQUENCE of more than 127 octets: no text begins like this. */
function isDer(bytes: Uint8Array): boolean {
  return bytes[0] === 0x30 && (bytes[1] as number) >= 0x80;
}

/** One certificate after the other. What follows them is no part of them: a line end, for example. */
function derBlocks(bytes: Uint8Array, path: string): Block[] {
  const file = recognize(bytes);
  if (!['certificate', 'other-der', 'unknown'].includes(file.kind)) throw notACertificate(file, path);
  const found: Block[] = [];
  for (let rest = bytes; isDer(rest);) {
    const der = firstElement(rest);
    found.push({ kind: 'der', der });
    rest = rest.subarray(der.length);
  }
  return found;
}

/** All octets where they are no DER: then whoever parses them says why. */
function firstElement(bytes: Uint8Array): Uint8Array {
  try {
    return readElement(bytes).bytes;
  } catch {
    return bytes;
  }
}

const BASE64 = /^[A-Za-z0-9+/\s]+(?:=\s*){0,2}$/;

function pemBlock(text: string, label: string, start: number, path: string): Block {
  const end = text.indexOf('-----', start);
  if (end < 0 || !text.startsWith(`-----END ${label}-----`, end))
    return damaged(`${path} has a PEM certificate that breaks off before its END line`, 'cut short');
  const body = text.slice(start, end);
  if (!BASE64.test(body)) return damaged(`${path} has a PEM certificate that is not base64`, 'damaged');
  const bytes = new Uint8Array(Buffer.from(body, 'base64'));
  // OpenSSL appends what the certificate is trusted for.
  return { kind: 'der', der: label === 'TRUSTED CERTIFICATE' ? firstElement(bytes) : bytes };
}

function damaged(problem: string, guess: string): Block {
  const hint = `write the certificate again from its source: the file seems ${guess}`;
  return { kind: 'damaged', error: new OcspbotError('certificate-malformed', problem, { hint }) };
}
