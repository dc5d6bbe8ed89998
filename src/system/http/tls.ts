import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { OcspbotError } from '../../util/errors.js';
import { LIMITS } from '../../util/limits.js';
import { decodeText } from '../../util/text.js';
import { readFile } from '../read-file.js';

/** Begins a TLS handshake on an open connection. */
export function startTls(socket: Duplex, hostname: string, trust: SecureContext): TLSSocket {
  return connect({
    socket,
    host: hostname,
    // RFC 6066 §3: SNI is for names only
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
    ALPNProtocols: ['http/1.1'],
    secureContext: trust,
  });
}

/** The files of the CA certificates that systems trust: Debian, Fedora, SUSE, Alpine, FreeBSD. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
  '/usr/local/etc/ssl/cert.pem',
];

/**
 * Loads the trusted CA certificates: the given file; else those of the system, found as OpenSSL and curl find them;
 * else Node's own list. Throws `file-unreadable` and `not-a-certificate`.
 */
export function trustOf(caFile: string | undefined): SecureContext {
  if (caFile !== undefined) return createSecureContext({ ca: [readBundle(caFile)] });
  const { SSL_CERT_FILE: named, NODE_EXTRA_CA_CERTS: extra } = process.env;
  const bundle = named === undefined || named === '' ? BUNDLES.find((path) => existsSync(path)) : named;
  if (bundle === undefined) return createSecureContext();
  // Node adds NODE_EXTRA_CA_CERTS by itself, but only to its own list.
  const more = extra === undefined || !existsSync(extra) ? [] : [extra];
  return createSecureContext({ ca: [...new Set([bundle, ...more])].map(readBundle) });
}

/** A byte order mark (of UTF-8, a character for each byte) and indentation: OpenSSL passes over a certificate after them. */
const BEFORE_LINE = /^(?:\u00ef\u00bb\u00bf)?[ \t]*/gm;

/** Reads a file as PEM, with any text around the certificates; a single certificate may also be in DER. */
function readBundle(path: string): string {
  const bytes = read(path);
  const text = decodeText(bytes);
  if (/-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----/.test(text)) return text.replaceAll(BEFORE_LINE, '');
  try {
    return new X509Certificate(bytes).toString();
  } catch (cause) {
    throw new OcspbotError('not-a-certificate', `there is no certificate in ${path}`, {
      cause,
      hint: 'name a file of certificates in PEM: http.ca_file, or SSL_CERT_FILE in the environment',
    });
  }
}

function read(path: string): Uint8Array {
  try {
    return readFile(path, LIMITS.certificateFile, 'follow').bytes;
  } catch (cause) {
    const message = `${path}, the file of the certificates that are trusted, cannot be read`;
    throw new OcspbotError('file-unreadable', `${message} (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
      hint: 'let the user that runs ocspbot read it, or name another: http.ca_file, or SSL_CERT_FILE in the environment',
    });
  }
}
