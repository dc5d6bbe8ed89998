import { type IncomingMessage, request as httpRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import { OcspbotError } from '../../util/errors.js';
import { type ProxyServer, proxyUrl } from '../../http/proxy.js';
import { formatHostPort } from '../../util/host-port.js';
import { LIMITS } from '../../util/limits.js';
import { eventOf } from './events.js';

interface Destination {
  readonly hostname: string;
  readonly port: number;
}

/** Opens a tunnel through a proxy: what is written to the socket afterwards goes to the server (RFC 9110 §9.3.6). */
export async function openTunnel(
  socket: Duplex,
  proxy: ProxyServer,
  { hostname, port }: Destination,
  signal: AbortSignal,
): Promise<void> {
  const authority = formatHostPort({ host: hostname, port });
  const request = httpRequest({
    method: 'CONNECT',
    path: authority,
    headers: { Host: authority, ...authorizationOf(proxy) },
    maxHeaderSize: LIMITS.responseHeader,
    createConnection: () => socket,
  });
  // Node would send `Connection: close`, but the connection must stay open.
  request.removeHeader('connection');
  request.end();
  const [response] = (await eventOf(request, 'connect', signal)) as [IncomingMessage];
  const { statusCode = 0 } = response;
  if (statusCode < 200 || statusCode > 299) throw refusal(statusCode, proxy, authority);
}

export function authorizationOf({ authorization }: ProxyServer): Readonly<Record<string, string>> {
  return authorization === undefined ? {} : { 'Proxy-Authorization': authorization };
}

function refusal(status: number, proxy: ProxyServer, authority: string): OcspbotError {
  const message = `the proxy ${proxyUrl(proxy)} answered CONNECT ${authority} with status ${status}`;
  return new OcspbotError('proxy-failure', message, { hint: PROXY_HINTS[status] ?? OTHER_HINT });
}

const PROXY_HINTS: Readonly<Record<number, string>> = {
  403: 'the proxy does not let this machine ask there: tell whoever runs it',
  407: 'the proxy wants a user and a password, or others: http.proxy: http://USER:PASSWORD@HOST:PORT',
};

const OTHER_HINT = 'the proxy does not reach the responder: tell whoever runs it';
