import { connect, type AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { TestCertificate } from './certificates.js';
import { joinSockets } from './join-sockets.js';
import { keyToPem } from './keys.js';

/** TLS in front of any server of this machine, responders and proxies alike. */
export interface TlsFront {
  readonly port: number;
  /** `https://localhost:PORT/` */
  readonly url: string;
  close(): Promise<void>;
}

/** `certificate`: shown with its issuers, without the root. */
export async function startTlsFront(port: number, certificate: TestCertificate): Promise<TlsFront> {
  const sockets = new Set<TLSSocket>();
  const server = createServer({ key: keyToPem(certificate.key), cert: chainOf(certificate) }, (secure) => {
    sockets.add(secure);
    joinSockets(secure, connect(port, '127.0.0.1'));
    secure.once('close', () => sockets.delete(secure));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = (server.address() as AddressInfo).port;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: own, url: `https://localhost:${own}/`, close };
}

function chainOf(certificate: TestCertificate): string {
  const { issuer } = certificate;
  return issuer?.issuer === undefined ? certificate.pem : certificate.pem + chainOf(issuer);
}
