import { OcspbotError } from '../util/errors.js';
import { shownCommand } from '../util/text.js';
import type { FileContent, FileKind } from './file-content.js';

/** A file that is not a certificate. The message says what it is, the hint what to do. */
export class NotACertificate extends OcspbotError {
  readonly content: FileContent;

  constructor(file: FileKind, path: string) {
    const { kind, name } = file;
    if (kind === 'private-key' || kind === 'encrypted-private-key')
      super('private-key-given', `${path} holds ${name}, no certificate`, {
        hint: 'give the file of the certificate; the key is never needed here',
      });
    else super('not-a-certificate', problemOf(file, path), { hint: hintFor(file, path) });
    this.content = kind;
  }
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
