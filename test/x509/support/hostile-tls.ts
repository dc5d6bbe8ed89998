import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { createSecureContext, createServer as createTlsServer, type SecureContext } from 'node:tls';
import { keyToPem, type TestCertificate } from '../../support/ca.js';
import { concat, hex, type Octets } from '../../support/der.js';
import { authority, leaf, pem } from './hostile.js';

/** The messages of a server: certificates in addition to its own, and a response. */
export interface Show {
  readonly others: readonly Octets[];
  readonly stapled: Octets;
}

const KEY = keyToPem(leaf.key);

/** A TLS server that shows something else under each name: `c0.example`, `c1.example` … */
export async function serveShows(shows: readonly Show[]): Promise<Listening> {
  const [first] = shows;
  const contexts = shows.map(({ others }) => contextOf(others));
  const server = createTlsServer({
    SNICallback: (name, callback) => callback(null, contexts[indexOf(name)]),
  });
  server.on('OCSPRequest', (_certificate, _issuer, callback) =>
    callback(null, Buffer.from(first?.stapled ?? [])),
  );
  server.on('tlsClientError', () => undefined);
  server.on('secureConnection', (socket) => socket.on('error', () => undefined));
  return listen(server);
}

function indexOf(name: string): number {
  return Number(/^c(\d+)\./.exec(name)?.[1]);
}

function contextOf(others: readonly Octets[]): SecureContext {
  return createSecureContext({ cert: chainFrom(leaf, others), key: KEY });
}

/** The sound chain in PEM, so that it can be verified, and behind it the others. */
export function chainFrom(own: TestCertificate, others: readonly Octets[]): string {
  return [own.pem, authority.intermediate.pem, ...others.map(pem)].join('');
}

/** Reports whether OpenSSL can send the certificate at all. */
export function canBeSent(certificate: Octets): boolean {
  try {
    contextOf([certificate]);
    return true;
  } catch {
    return false;
  }
}

/**
 * Answers each ClientHello with a ServerHello of TLS 1.2 and the next chain, which a real server might refuse to send; then
 * it ends. The client has seen the certificates by then.
 */
export async function serveChains(chains: readonly (readonly Octets[])[]): Promise<Listening> {
  let next = 0;
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      const chain = chains[next++ % chains.length] ?? [];
      const certificates = handshake(11, listed(concat(...chain.map(listed))));
      socket.end(concat(SERVER_HELLO, certificates, SERVER_HELLO_DONE));
    });
  });
  return listen(server);
}

/** Prefixes a length of three bytes (RFC 5246 §7.4.2). */
function listed(octets: Octets): Octets {
  return concat(hex(octets.length.toString(16).padStart(6, '0')), octets);
}

/** Makes a handshake message in records of at most 2^14 bytes (RFC 5246 §6.2.1). */
function handshake(type: number, body: Octets): Octets {
  const message = concat(Uint8Array.of(type), listed(body));
  const records: Octets[] = [];
  for (let at = 0; at < message.length; at += 0x4000) {
    const part = message.subarray(at, at + 0x4000);
    records.push(hex('160303'), hex(part.length.toString(16).padStart(4, '0')), part);
  }
  return concat(...records);
}

/** TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, and renegotiation_info without which clients go no further (RFC 5746). */
const SERVER_HELLO = handshake(
  2,
  concat(hex('0303'), new Uint8Array(32).fill(7), hex('00 c02b 00 0005 ff01 0001 00')),
);
const SERVER_HELLO_DONE = handshake(14, concat());

export interface Listening {
  readonly port: number;
  close(): void;
}

async function listen(server: Server): Promise<Listening> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}
