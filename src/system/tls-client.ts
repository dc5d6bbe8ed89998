import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import type { Handshake, TlsClient, TlsServer } from './interfaces/servers.js';
import { beginTlsOverSmtp } from './smtp.js';
import { limitSocket, problemOf } from './socket-limits.js';

/** What certificates may be good for is judged by others: here nobody is turned away. */
export const shakeHands: TlsClient['shakeHands'] = async (server, { timeout }) => {
  const socket = connect({ host: server.host, port: server.port });
  const release = limitSocket(socket, timeout);
  try {
    await once(socket, 'connect');
    if (server.starttls === 'smtp') await beginTlsOverSmtp(socket);
    return await secure(socket, server);
  } catch (error) {
    return { kind: 'failed', problem: problemOf(error) };
  } finally {
    release();
  }
};

async function secure(socket: Socket, { servername }: TlsServer): Promise<Handshake> {
  const options = { socket, servername: servername ?? '', requestOCSP: true, rejectUnauthorized: false };
  const secured = connectTls(options);
  // When the time is up, it is the connection below that fails.
  socket.once('error', (error) => secured.destroy(error));
  secured.on('error', () => undefined);
  let stapled: Uint8Array | null = null;
  secured.once('OCSPResponse', (response: Uint8Array | null) => (stapled = response));
  await once(secured, 'secureConnect');
  return { kind: 'completed', certificates: chainOf(secured), stapled: stapled ?? undefined };
}

/** As the server sent them, in the order of their signatures. */
function chainOf(secured: TLSSocket): Uint8Array[] {
  const chain: Uint8Array[] = [];
  const seen = new Set<string>();
  let next: DetailedPeerCertificate | undefined = secured.getPeerCertificate(true);
  while (next?.raw !== undefined && !seen.has(next.fingerprint256)) {
    seen.add(next.fingerprint256);
    chain.push(new Uint8Array(next.raw));
    next = next.issuerCertificate;
  }
  return chain;
}
