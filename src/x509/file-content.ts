/** The kind of a file, recognized by its beginning. Nothing of it is verified. */
export interface FileKind {
  readonly kind: FileContent;
  readonly form: 'PEM' | 'DER' | 'base64' | 'text' | 'binary';
  /** The kind in words: `a private key`, which means PEM, or `a private key in DER`. */
  readonly name: string;
}

export type FileContent =
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

/** Names a kind as messages do. */
export function named(kind: FileContent, form: FileKind['form'], name = NAMES[kind]): FileKind {
  const isTold = NAMED_FORMS.has(form) && !kind.startsWith('other-');
  return { kind, form, name: isTold ? `${name} in ${form}` : name };
}
