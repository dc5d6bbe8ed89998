import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { onTestFinished } from 'vitest';
import { keyToPem, type TestCertificate } from '../../support/ca.js';

/** A TLS server that staples these octets until the test is over; its port. */
export async function startStaplingServer(
  certificate: TestCertificate,
  response: Uint8Array,
): Promise<number> {
  const cert = certificate.pem + (certificate.issuer?.pem ?? '');
  const server = createServer({ key: keyToPem(certificate.key), cert }, (socket) => {
    socket.on('error', () => undefined).end();
  });
  server.on('tlsClientError', () => undefined);
  server.on('OCSPRequest', (_der, _issuer, reply: (error: null, response: Buffer) => void) =>
    reply(null, Buffer.from(response)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
