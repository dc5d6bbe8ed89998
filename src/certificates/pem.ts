import { OcspbotError } from '../errors.js';

/** What PEM text holds besides certificates and may have been given by mistake. */
const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \1-----/g;
const CERTIFICATE_LABELS = new Set(['CERTIFICATE', 'X509 CERTIFICATE']);

/**
 * DER of every certificate in a file: PEM in any order, between any other text and other blocks (a key, as
 * HAProxy wants it), or one bare DER certificate. `path` is for the messages.
 */
export function certificatesInFile(bytes: Uint8Array, path: string): Uint8Array[] {
  if (bytes.length === 0) throw new OcspbotError('file-empty', `${path} is empty`);
  // A SEQUENCE of more than 127 octets: no text begins like this.
  if (bytes[0] === 0x30 && (bytes[1] ?? 0) > 0x80) return [bytes];
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const found: Uint8Array[] = [];
  for (const [, label, body] of text.matchAll(BLOCK)) {
    if (CERTIFICATE_LABELS.has(label as string)) found.push(decode(body as string, path));
  }
  if (found.length === 0) throw noCertificate(text, path);
  return found;
}

const BASE64 = /^[A-Za-z0-9+/\s]+(?:=\s*){0,2}$/;

function decode(body: string, path: string): Uint8Array {
  if (!BASE64.test(body)) {
    throw new OcspbotError('certificate-malformed', `${path} has a PEM certificate that is not base64`, {
      hint: 'write the certificate again from its source: the file seems damaged',
    });
  }
  return new Uint8Array(Buffer.from(body, 'base64'));
}

/** Says what the file is instead. */
function noCertificate(text: string, path: string): OcspbotError {
  const labels = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]{1,40})-----/g)].map(([, label]) => label ?? '');
  if (labels.some((label) => CERTIFICATE_LABELS.has(label))) {
    return new OcspbotError(
      'certificate-malformed',
      `${path} has a PEM certificate that breaks off before its END line`,
      {
        hint: 'write the certificate again from its source: the file seems cut short',
      },
    );
  }
  const key = labels.find((label) => label.endsWith('PRIVATE KEY'));
  if (key !== undefined) return privateKey(key, text, path);
  const instead = labels.length > 0 ? `only ${labels.slice(0, 3).join(', ')}` : 'no PEM block at all';
  return new OcspbotError('not-a-certificate', `${path} has no certificate: ${instead}`, {
    hint: 'give a certificate in PEM (-----BEGIN CERTIFICATE-----) or DER',
  });
}

function privateKey(label: string, text: string, path: string): OcspbotError {
  const encrypted = label.startsWith('ENCRYPTED') || text.includes('Proc-Type: 4,ENCRYPTED');
  const what = encrypted ? 'an encrypted private key' : 'a private key';
  return new OcspbotError('private-key-given', `${path} holds ${what}, no certificate`, {
    hint: 'give the file of the certificate; the key is never needed here',
  });
}
