import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { LIMITS } from '../util/limits.js';
import { printable } from '../util/text.js';
import { limitSocket, problemOf } from './sockets.js';
import type { Handshake, KeyName, TlsClient, TlsServer } from './system.js';

/** Does a TLS handshake and accepts any certificate: the caller judges the certificates. */
export const shakeHands: TlsClient['shakeHands'] = async (server, { timeout, key }) => {
  const socket = connect({ host: server.host, port: server.port });
  const release = limitSocket(socket, timeout);
  try {
    await once(socket, 'connect');
    if (server.starttls === 'smtp') await beginTlsOverSmtp(socket);
    return await secure(socket, server, key);
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error), problem: problemOf(error) };
  } finally {
    release();
  }
};

/** A server refuses a handshake by an alert, by a reset or by the end of the connection. */
function reasonOf(error: unknown): Extract<Handshake, { kind: 'failed' }>['reason'] {
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'getaddrinfo') return 'unknown-name';
  const isReset = code === 'ECONNRESET' && syscall !== 'connect';
  return code.startsWith('ERR_SSL_') || code === 'EPROTO' || isReset ? 'refused' : 'other';
}

const NO_CA: string[] = [];

/**
 * The offers by which a server shows its certificate of one key (RFC 8446 §4.2.3). In TLS 1.2 the cipher suite decides,
 * too. Signatures by PKCS #1 are offered with the other kinds for the certificates of the chain: servers may look at these, and in TLS
 * 1.3 no server signs by them.
 */
const OFFERS: Readonly<Record<KeyName, { readonly sigalgs: string; readonly ciphers?: string }>> = {
  RSA: {
    sigalgs:
      'rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:rsa_pss_pss_sha256:rsa_pss_pss_sha384:rsa_pss_pss_sha512:rsa_pkcs1_sha256:rsa_pkcs1_sha384:rsa_pkcs1_sha512',
  },
  ECDSA: offerWithoutRsa('ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ecdsa_secp521r1_sha512'),
  EdDSA: offerWithoutRsa('ed25519:ed448'),
};

/** In TLS 1.2, certificates with keys of both other kinds have the cipher suites of ECDSA (RFC 8422 §5.10). */
function offerWithoutRsa(sigalgs: string) {
  return {
    sigalgs: `${sigalgs}:rsa_pkcs1_sha256:rsa_pkcs1_sha384:rsa_pkcs1_sha512`,
    ciphers: 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:aECDSA',
  };
}

async function secure(
  socket: Socket,
  { servername }: TlsServer,
  key: KeyName | undefined,
): Promise<Handshake> {
  const options = {
    socket,
    servername: servername ?? '',
    requestOCSP: true,
    rejectUnauthorized: false,
    // No CA: verification then fails before Node.js compares names, for which it would parse all keys.
    ca: NO_CA,
    ...(key === undefined ? {} : OFFERS[key]),
  };
  const secured = connectTls(options);
  // The time limit destroys the TCP socket below.
  socket.once('error', (error) => secured.destroy(error));
  secured.on('error', () => undefined);
  let stapled: Uint8Array | null = null;
  secured.once('OCSPResponse', (response: Uint8Array | null) => (stapled = response));
  await once(secured, 'secureConnect');
  return { kind: 'completed', certificates: chainOf(secured), stapled: stapled ?? undefined };
}

/**
 * Returns the certificates in DER, in the order in which the server sent them. `getPeerCertificate` would also parse
 * the keys, which are unchecked. Node.js 20 and 22 give this chain only once.
 */
function chainOf(secured: TLSSocket): Uint8Array[] {
  const chain: Uint8Array[] = [];
  for (let next = secured.getPeerX509Certificate(); next !== undefined; next = next.issuerCertificate)
    chain.push(new Uint8Array(next.raw));
  return chain;
}

/** Speaks SMTP up to STARTTLS (RFC 3207 §4). Throws errors whose message is for users. */
async function beginTlsOverSmtp(socket: Socket): Promise<void> {
  const end = () => socket.destroy(new Error('the mail server has ended the connection'));
  socket.once('end', end);
  await expectReply(socket, '220', 'its greeting');
  socket.write('EHLO ocspbot.invalid\r\n');
  const extensions = await expectReply(socket, '250', 'EHLO');
  if (!/^250[ -]STARTTLS\r?$/im.test(extensions)) throw new Error('the mail server offers no STARTTLS');
  socket.write('STARTTLS\r\n');
  await expectReply(socket, '220', 'STARTTLS');
  socket.off('end', end);
}

/** Reads a reply: lines with the same code, and a blank after the code in the last one (RFC 5321 §4.2.1). */
async function expectReply(socket: Socket, code: string, to: string): Promise<string> {
  let text = '';
  while (!/(?:^|\n)\d{3}(?: [^\n]*)?\r?\n$/.test(text)) {
    const [chunk] = (await once(socket, 'data')) as [Uint8Array];
    socket.pause();
    text += Buffer.from(chunk).toString('latin1');
    if (text.length > LIMITS.smtpReply) throw new Error(`the mail server's reply to ${to} is too long`);
    socket.resume();
  }
  if (!text.startsWith(code)) throw new Error(`the mail server's reply to ${to} is "${printable(text, 80)}"`);
  return text;
}
