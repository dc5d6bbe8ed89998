import type { FileContent } from './file-content.js';

/** Finds the BEGIN lines in a text (RFC 7468 §3): their labels and the offsets of their ends. */
export function pemBegins(text: string): { readonly label: string; readonly end: number }[] {
  return [...text.matchAll(/-----BEGIN ([A-Z0-9 .#]{1,40})-----/g)].map((match) => ({
    label: match[1] as string,
    end: match.index + match[0].length,
  }));
}

export function pemLabels(text: string): string[] {
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

/** Returns what a PEM block with this label holds. */
export function contentOfLabel(label: string): FileContent {
  if (label === 'ENCRYPTED PRIVATE KEY') return 'encrypted-private-key';
  if (label.endsWith('PRIVATE KEY')) return 'private-key';
  if (label.endsWith('PUBLIC KEY')) return 'public-key';
  if (label.endsWith('PARAMETERS')) return 'parameters';
  return LABELS.get(label) ?? 'other-pem';
}
