import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { joinSockets } from './join-sockets.js';

export interface ProxyOptions {
  /** The `user:password` that it requires; none by default. */
  readonly credentials?: string | undefined;
  /** The status that answers every CONNECT, instead of connecting. */
  readonly refusal?: number | undefined;
  /** Names that only the proxy can resolve, and the ports of this machine for them. */
  readonly hosts?: Readonly<Record<string, number>> | undefined;
}

/** A request as it came to the proxy. */
export interface ProxiedRequest {
  readonly method: string;
  /** Absolute URL, or host and port of a CONNECT. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A real HTTP proxy on loopback: it forwards requests for http, and makes tunnels. */
export interface TestProxy {
  readonly port: number;
  readonly url: string;
  readonly requests: readonly ProxiedRequest[];
  close(): Promise<void>;
}

export async function startProxy(options: ProxyOptions = {}): Promise<TestProxy> {
  const requests: ProxiedRequest[] = [];
  const sockets = new Set<Duplex>();
  const keep = (socket: Duplex): void => {
    sockets.add(socket.on('error', () => undefined));
    socket.once('close', () => sockets.delete(socket));
  };
  const take = ({ method = '', url: target = '', headers }: IncomingMessage) => {
    requests.push({ method, target, headers });
    return isWelcome(headers['proxy-authorization'], options);
  };
  const server = createServer((message, response) => {
    if (take(message)) forward(message, response, options);
    else challenge(response);
  });
  server.on('connection', keep);
  server.on('connect', (message: IncomingMessage, client: Socket) => {
    if (!take(message))
      return client.end('HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="proxy"\r\n\r\n');
    if (options.refusal !== undefined) return client.end(`HTTP/1.1 ${options.refusal} No\r\n\r\n`);
    return tunnel(message.url ?? '', client, options, keep);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port, url: `http://127.0.0.1:${port}`, requests, close };
}

function isWelcome(authorization: string | undefined, { credentials }: ProxyOptions): boolean {
  if (credentials === undefined) return true;
  return authorization === `Basic ${Buffer.from(credentials).toString('base64')}`;
}

function challenge(response: ServerResponse): void {
  response.writeHead(407, { 'proxy-authenticate': 'Basic realm="proxy"', 'content-type': 'text/html' });
  response.end('<html>Who are you?</html>');
}

function forward(message: IncomingMessage, response: ServerResponse, options: ProxyOptions): void {
  if (!message.url?.startsWith('http://')) return void response.writeHead(400).end('not for a proxy');
  const url = new URL(message.url);
  const { 'proxy-authorization': _, ...headers } = message.headers;
  const { host, port } = placeOf(url.hostname, Number(url.port || 80), options);
  const path = url.pathname + url.search;
  const onward = httpRequest({ host, port, path, method: message.method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.writeHead(502).end('no such responder'));
  message.pipe(onward);
}

function tunnel(
  authority: string,
  client: Socket,
  options: ProxyOptions,
  keep: (socket: Duplex) => void,
): void {
  const { hostname, port } = new URL(`http://${authority}`);
  const place = placeOf(hostname, Number(port), options);
  const server = connect(place, () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    joinSockets(server, client);
  });
  keep(server);
  server.once('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
}

function placeOf(host: string, port: number, { hosts = {} }: ProxyOptions): { host: string; port: number } {
  const own = hosts[host];
  return own === undefined ? { host, port } : { host: '127.0.0.1', port: own };
}
