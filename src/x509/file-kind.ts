import { isUtf8 } from 'node:buffer';
import { decodeText } from '../util/text.js';
import { contentOfDer } from './der-shapes.js';
import { type FileContent, type FileKind, named } from './file-content.js';
import { contentOfBinary } from './magic-numbers.js';
import { contentOfLabel, pemLabels } from './pem-labels.js';

/**
 * Recognizes the kind of a file. In PEM with several blocks the most important counts: a private key, then a
 * certificate.
 */
export function recognize(bytes: Uint8Array): FileKind {
  if (bytes.length === 0) return named('empty', 'binary');
  const text = textOf(bytes);
  if (text === undefined) return recognizeBinary(bytes);
  const labels = pemLabels(text);
  if (labels.length > 0) return recognizePem(labels, text);
  const inside = fromBase64(text);
  return inside === undefined ? named('text', 'text') : named(inside, 'base64');
}

/** Recognizes the content of a PEM block, whatever its label is. */
export function recognizeBlock(der: Uint8Array): FileKind {
  const content = contentOfDer(der);
  return named(content === undefined || content === 'other-der' ? 'unknown' : content, 'PEM');
}

const CONTROL = /[^\t\n\f\r\x20-\x7e\x80-\uffff]/;

/** Decodes text; undefined for binary data. */
function textOf(bytes: Uint8Array): string | undefined {
  const text = decodeText(bytes);
  if (CONTROL.test(text)) return undefined;
  return text.length < bytes.length || isUtf8(bytes) || pemLabels(text).length > 0 ? text : undefined;
}

const PRECIOUS: readonly FileContent[] = ['private-key', 'encrypted-private-key', 'certificate'];

function recognizePem(labels: readonly string[], text: string): FileKind {
  const contents = labels.map(contentOfLabel);
  const kind = PRECIOUS.find((one) => contents.includes(one)) ?? contents.find((one) => one !== 'other-pem');
  // RFC 1421 §4.6.1.1; OpenSSL's traditional format has this header.
  if (kind === 'private-key' && text.includes('Proc-Type: 4,ENCRYPTED'))
    return named('encrypted-private-key', 'PEM');
  return kind === undefined ? named('other-pem', 'PEM', `PEM of the kind ${labels[0]}`) : named(kind, 'PEM');
}

/** Recognizes base64 without BEGIN and END lines, in which some portals deliver certificates. */
function fromBase64(text: string): FileContent | undefined {
  if (!/^M[A-Za-z0-9+/\s]+[=\s]*$/.test(text.trim())) return undefined;
  const content = contentOfDer(Buffer.from(text, 'base64'));
  return content === 'other-der' ? undefined : content;
}

function recognizeBinary(bytes: Uint8Array): FileKind {
  const content = contentOfDer(bytes);
  if (content === undefined) return named(contentOfBinary(bytes), 'binary');
  return named(content, content === 'pkcs12' ? 'binary' : 'DER');
}
