import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
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

const NOBODY: string[] = [];

async function secure(socket: Socket, { servername }: TlsServer): Promise<Handshake> {
  const options = {
    socket,
    servername: servername ?? '',
    requestOCSP: true,
    rejectUnauthorized: false,
    // With nobody to trust, Node.js does not go on to compare names, for which it would describe all keys.
    ca: NOBODY,
  };
  const secured = connectTls(options);
  // When the time is up, it is the connection below that fails.
  socket.once('error', (error) => secured.destroy(error));
  secured.on('error', () => undefined);
  let stapled: Uint8Array | null = null;
  secured.once('OCSPResponse', (response: Uint8Array | null) => (stapled = response));
  await once(secured, 'secureConnect');
  return { kind: 'completed', certificates: chainOf(secured), stapled: stapled ?? undefined };
}

/**
 * DER of the certificates, in the order in which the server sent them. `getPeerCertificate` would also describe the
 * keys, which nobody has checked. Node.js 20 and 22 give this chain only once.
 */
function chainOf(secured: TLSSocket): Uint8Array[] {
  const chain: Uint8Array[] = [];
  for (let next = secured.getPeerX509Certificate(); next !== undefined; next = next.issuerCertificate)
    chain.push(new Uint8Array(next.raw));
  return chain;
}
