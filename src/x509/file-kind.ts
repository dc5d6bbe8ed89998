import { isUtf8 } from 'node:buffer';
import { OcspbotError } from '../util/errors.js';
import { decodeText, shownCommand } from '../util/text.js';
import { outline } from './outline.js';

/** The kind of a file, recognized by its beginning. Nothing of it is verified. */
interface FileKind {
  readonly kind: FileContent;
  readonly form: 'PEM' | 'DER' | 'base64' | 'text' | 'binary';
  /** The kind in words: `a private key`, which means PEM, or `a private key in DER`. */
  readonly name: string;
}

type FileContent =
  | 'empty'
  | 'certificate'
  | 'private-key'
  | 'encrypted-private-key'
  | 'public-key'
  | 'parameters'
  | 'certificate-request'
  | 'revocation-list'
  | 'pkcs7'
  | 'pkcs12'
  | 'ocsp-response'
  | 'ocsp-request'
  | 'java-keystore'
  | 'archive'
  | 'program'
  | 'picture'
  | 'encrypted-volume'
  /** Binary data that begins with text, such as databases, documents and installation packages. */
  | 'binary-with-text'
  /** PEM with unknown labels. */
  | 'other-pem'
  | 'text'
  /** An element of BER or DER that fills the file, but has an unknown structure. */
  | 'other-der'
  | 'unknown';

const NAMES: Readonly<Record<FileContent, string>> = {
  empty: 'an empty file',
  certificate: 'a certificate',
  'private-key': 'a private key',
  'encrypted-private-key': 'an encrypted private key',
  'public-key': 'a public key',
  parameters: 'parameters of a key',
  'certificate-request': 'a certificate request (CSR)',
  'revocation-list': 'a revocation list (CRL)',
  pkcs7: 'a PKCS#7 bundle (P7B)',
  pkcs12: 'a PKCS#12 file (PFX)',
  'ocsp-response': 'an OCSP response',
  'ocsp-request': 'an OCSP request',
  'java-keystore': 'a Java keystore',
  archive: 'a compressed archive',
  program: 'a program',
  picture: 'a picture',
  'encrypted-volume': 'an encrypted volume',
  'binary-with-text': 'data that begins with text',
  'other-pem': 'another kind of PEM',
  text: 'text',
  'other-der': 'another kind of DER',
  unknown: 'data of an unknown kind',
};

/** The forms that messages name. PEM is not named, because people expect it. */
const NAMED_FORMS: ReadonlySet<FileKind['form']> = new Set(['DER', 'base64']);

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

function named(kind: FileContent, form: FileKind['form'], name = NAMES[kind]): FileKind {
  const isTold = NAMED_FORMS.has(form) && !kind.startsWith('other-');
  return { kind, form, name: isTold ? `${name} in ${form}` : name };
}

const CONTROL = /[^\t\n\f\r\x20-\x7e\x80-\uffff]/;

/** Decodes text; undefined for binary data. */
function textOf(bytes: Uint8Array): string | undefined {
  const text = decodeText(bytes);
  if (CONTROL.test(text)) return undefined;
  return text.length < bytes.length || isUtf8(bytes) || pemLabels(text).length > 0 ? text : undefined;
}

/** Finds the BEGIN lines in a text (RFC 7468 §3): their labels and the offsets of their ends. */
export function pemBegins(text: string): { readonly label: string; readonly end: number }[] {
  return [...text.matchAll(/-----BEGIN ([A-Z0-9 .#]{1,40})-----/g)].map((match) => ({
    label: match[1] as string,
    end: match.index + match[0].length,
  }));
}

function pemLabels(text: string): string[] {
  return pemBegins(text).map(({ label }) => label);
}

/** OpenSSL's labels for a certificate. A TRUSTED CERTIFICATE has data of OpenSSL after the certificate. */
export const CERTIFICATE_LABELS: ReadonlySet<string> = new Set([
  'CERTIFICATE',
  'X509 CERTIFICATE',
  'TRUSTED CERTIFICATE',
]);

const LABELS: ReadonlyMap<string, FileContent> = new Map<string, FileContent>([
  ...[...CERTIFICATE_LABELS].map((label) => [label, 'certificate'] as const),
  ['CERTIFICATE REQUEST', 'certificate-request'],
  ['NEW CERTIFICATE REQUEST', 'certificate-request'],
  ['X509 CRL', 'revocation-list'],
  ['PKCS7', 'pkcs7'],
  ['PKCS #7 SIGNED DATA', 'pkcs7'],
  ['CMS', 'pkcs7'],
  ['OCSP RESPONSE', 'ocsp-response'],
  ['OCSP REQUEST', 'ocsp-request'],
]);

function contentOf(label: string): FileContent {
  if (label === 'ENCRYPTED PRIVATE KEY') return 'encrypted-private-key';
  if (label.endsWith('PRIVATE KEY')) return 'private-key';
  if (label.endsWith('PUBLIC KEY')) return 'public-key';
  if (label.endsWith('PARAMETERS')) return 'parameters';
  return LABELS.get(label) ?? 'other-pem';
}

const PRECIOUS: readonly FileContent[] = ['private-key', 'encrypted-private-key', 'certificate'];

function recognizePem(labels: readonly string[], text: string): FileKind {
  const contents = labels.map(contentOf);
  const kind = PRECIOUS.find((one) => contents.includes(one)) ?? contents.find((one) => one !== 'other-pem');
  // RFC 1421 §4.6.1.1; OpenSSL's traditional format has this header.
  if (kind === 'private-key' && text.includes('Proc-Type: 4,ENCRYPTED'))
    return named('encrypted-private-key', 'PEM');
  return kind === undefined ? named('other-pem', 'PEM', `PEM of the kind ${labels[0]}`) : named(kind, 'PEM');
}

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

const MAGIC: readonly (readonly [readonly number[], FileContent])[] = [
  [[0xfe, 0xed, 0xfe, 0xed], 'java-keystore'],
  [[0xce, 0xce, 0xce, 0xce], 'java-keystore'],
  [[0x1f, 0x8b], 'archive'], // gzip
  [[0x50, 0x4b, 0x03, 0x04], 'archive'], // ZIP
  [[0x42, 0x5a, 0x68], 'archive'], // bzip2
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'archive'], // xz
  [[0x28, 0xb5, 0x2f, 0xfd], 'archive'], // zstd
  [[0x7f, 0x45, 0x4c, 0x46], 'program'], // ELF
  [[0x89, 0x50, 0x4e, 0x47], 'picture'], // PNG
  [[0xff, 0xd8, 0xff], 'picture'], // JPEG
  [[0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe], 'encrypted-volume'], // LUKS
];

/** Matches eight characters of text, which random data rarely begins with. */
const TEXT_BEGINS = /^[\t\n\r\x20-\x7e]{8}/;

function recognizeBinary(bytes: Uint8Array): FileKind {
  const content = recognizeDer(bytes);
  if (content !== undefined) return named(content, content === 'pkcs12' ? 'binary' : 'DER');
  const magic = MAGIC.find(([octets]) => octets.every((octet, index) => bytes[index] === octet));
  if (magic !== undefined) return named(magic[1], 'binary');
  const begin = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  return named(TEXT_BEGINS.test(begin) ? 'binary-with-text' : 'unknown', 'binary');
}

/** The DER of id-pkix-ocsp-basic, which is near the beginning of each successful response (RFC 6960 §4.2.1). */
const OCSP_BASIC = Buffer.from('06092b0601050507300101', 'hex');

/** Reports whether the bytes have id-pkix-ocsp-basic near their beginning, even if the octets before it are damaged. */
function hasOcspBasic(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 32)).includes(OCSP_BASIC);
}

function recognizeDer(bytes: Uint8Array): FileContent | undefined {
  if (hasOcspBasic(bytes)) return 'ocsp-response';
  const shape = outline(bytes);
  const known = SHAPES.find(([pattern]) => pattern.test(shape));
  if (known !== undefined) return known[1];
  return /^\(.*\)$/.test(shape) ? 'other-der' : undefined;
}

/** Recognizes the content of a PEM block, whatever its label is. */
export function recognizeBlock(der: Uint8Array): FileKind {
  const content = recognizeDer(der);
  return named(content === undefined || content === 'other-der' ? 'unknown' : content, 'PEM');
}

/** Recognizes base64 without BEGIN and END lines, in which some portals deliver certificates. */
function fromBase64(text: string): FileContent | undefined {
  if (!/^M[A-Za-z0-9+/\s]+[=\s]*$/.test(text.trim())) return undefined;
  const content = recognizeDer(Buffer.from(text, 'base64'));
  return content === 'other-der' ? undefined : content;
}

/** Makes the error for a file that is no certificate: it says what the file is and what to do. */
export function notACertificate(file: FileKind, path: string): OcspbotError {
  const { kind, name } = file;
  if (kind === 'private-key' || kind === 'encrypted-private-key') {
    return new OcspbotError('private-key-given', `${path} holds ${name}, no certificate`, {
      hint: 'give the file of the certificate; the key is never needed here',
    });
  }
  return new OcspbotError('not-a-certificate', problemOf(file, path), { hint: hintFor(file, path) });
}

function problemOf({ kind, name }: FileKind, path: string): string {
  switch (kind) {
    case 'certificate':
      return `${path} holds ${name}, without the lines around it`;
    case 'text':
    case 'other-der':
    case 'unknown':
      return `${path} has no certificate: no PEM block at all`;
    default:
      return `${path} holds ${name}, no certificate`;
  }
}

const HINTS: Readonly<Partial<Record<FileContent, string>>> = {
  certificate: 'put it between the lines -----BEGIN CERTIFICATE----- and -----END CERTIFICATE-----',
  'public-key': 'give the certificate of this key',
  'certificate-request': 'give the certificate that the CA has issued for this request',
  'revocation-list': 'give the certificate; a revocation list is not needed here',
  'ocsp-response': 'give the certificate; the file of the response is named by "ocsp"',
  archive: 'unpack it',
};

const USUAL_HINT = 'give a certificate in PEM (-----BEGIN CERTIFICATE-----) or DER';

function hintFor({ kind, form }: FileKind, path: string): string {
  const extraction = extractionOf(kind, form, path);
  if (extraction !== undefined) return `take the certificates out of it: ${shownCommand(extraction)}`;
  return HINTS[kind] ?? USUAL_HINT;
}

function extractionOf(kind: FileContent, form: FileKind['form'], path: string): string[] | undefined {
  const form7 = form === 'DER' ? ['-inform', 'DER'] : [];
  switch (kind) {
    case 'pkcs7':
      return ['openssl', 'pkcs7', ...form7, '-in', path, '-print_certs', '-out', `${path}.pem`];
    case 'pkcs12':
      return ['openssl', 'pkcs12', '-in', path, '-nokeys', '-out', `${path}.pem`];
    case 'java-keystore':
      return ['keytool', '-exportcert', '-rfc', '-keystore', path, '-file', `${path}.pem`];
    default:
      return undefined;
  }
}
