import { keyToPem, type Authority, type TestCertificate } from '../../support/ca.js';
import type { Sandbox } from '../../support/sandbox.js';
import { prints, startServer } from './server.js';

/**
 * The status of a certificate in the index of OpenSSL's responder. Certificates that are not in the index are unknown.
 */
export interface IndexEntry {
  readonly certificate: TestCertificate;
  readonly status: 'good' | 'revoked';
}

export interface OpensslResponderOptions {
  readonly authority: Authority;
  readonly signer: TestCertificate;
  readonly index: readonly IndexEntry[];
  readonly extra?: readonly string[] | undefined;
}

/** `openssl ocsp` as a responder, until the test is over. */
export async function startOpensslResponder(
  sandbox: Sandbox,
  port: number,
  { authority, signer, index, extra = [] }: OpensslResponderOptions,
): Promise<void> {
  const files = {
    '-index': sandbox.write('responder/index.txt', index.map(lineOf).join('')),
    '-CA': sandbox.write('responder/ca.pem', authority.intermediate.pem),
    '-rsigner': sandbox.write('responder/signer.pem', signer.pem),
    '-rkey': sandbox.write('responder/signer.key', keyToPem(signer.key)),
  };
  const options = ['-port', String(port), '-ndays', '7', '-ignore_err', ...extra];
  await startServer(['openssl', 'ocsp', ...Object.entries(files).flat(), ...options], prints(/^ACCEPT /m));
}

/** Status, expiry, revocation and its reason, serial, file, subject: one certificate as in `openssl ca`'s database. */
function lineOf({ certificate, status }: IndexEntry): string {
  const expiry = indexTime(certificate.notAfter);
  const revoked = status === 'revoked' ? `${indexTime(Date.UTC(2026, 0, 2, 3, 4, 5))},keyCompromise` : '';
  const letter = status === 'revoked' ? 'R' : 'V';
  return `${[letter, expiry, revoked, certificate.serialHex, 'unknown', `/CN=${certificate.serialHex}`].join('\t')}\n`;
}

/** UTCTime. */
function indexTime(instant: number): string {
  const digits = new Date(instant).toISOString().replaceAll(/\D/g, '');
  return `${digits.slice(2, 14)}Z`;
}
