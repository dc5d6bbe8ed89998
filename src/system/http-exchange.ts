import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { LIMITS } from '../defaults.js';
import type { ConnectionWanted, KeepAliveAgent } from './http-agent.js';
import { readBody } from './http-body.js';
import { NoFinalAnswer, type Progress } from './http-progress.js';
import type { Route } from './http-route.js';
import { authorizationOf } from './http-tunnel.js';
import type { HttpLimits, HttpRequest, HttpResponse } from './interfaces/http.js';

/** All that one exchange is about. */
export interface Exchange {
  readonly request: HttpRequest;
  readonly limits: HttpLimits;
  readonly route: Route;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Begins a request; it is sent by `ask`. */
export function makeRequest(
  { request: { method, url, headers }, route: { scheme, proxy } }: Exchange,
  wanted: ConnectionWanted,
  agent: KeepAliveAgent,
): ClientRequest {
  const { host, pathname, search } = new URL(url);
  const forwarder = scheme === 'http' ? proxy : undefined;
  const options = {
    agent,
    method,
    // A proxy is told the whole URL (RFC 9112 §3.2.2).
    path: forwarder === undefined ? pathname + search : url,
    headers: { Host: host, ...headers, ...(forwarder && authorizationOf(forwarder)) },
    maxHeaderSize: LIMITS.responseHeader,
    insecureHTTPParser: false,
    wanted,
  };
  return httpRequest(options);
}

/** Sends a request and reads what is answered. Throws errors of Node and of `http-progress`. */
export async function ask(outgoing: ClientRequest, exchange: Exchange): Promise<HttpResponse> {
  const { request, limits, progress, signal } = exchange;
  const abort = () => void outgoing.destroy(signal.reason as Error);
  let failure: Error | undefined;
  // Also after the response has begun, when its reader sees no more than that it ends.
  outgoing.on('error', (error) => (failure = error));
  signal.addEventListener('abort', abort, { once: true });
  try {
    const response = await responseTo(outgoing, request.body, progress);
    const { statusCode = 0 } = response;
    progress.status = statusCode;
    progress.announced = announcedBy(response);
    const body = await readBody(response, limits.maxBody, progress);
    return { status: statusCode, headers: firstValues(response), body, peer: progress.peer };
  } catch (error) {
    throw failure ?? error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function responseTo(
  outgoing: ClientRequest,
  body: Uint8Array | undefined,
  progress: Progress,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('socket', (socket) => {
      progress.begin('request');
      socket.once('data', () => progress.end('firstByte'));
    });
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
    let interim = 0;
    outgoing.on('information', () => {
      interim += 1;
      if (interim > LIMITS.interimAnswers)
        outgoing.destroy(new NoFinalAnswer('it goes on with interim answers'));
    });
    outgoing.once('upgrade', (_response, socket) => {
      socket.destroy();
      reject(new NoFinalAnswer('it switches to another protocol'));
    });
    outgoing.end(body);
  });
}

function announcedBy({ headers }: IncomingMessage): number | undefined {
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

function firstValues({ headersDistinct }: IncomingMessage): Record<string, string> {
  const entries = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.slice(0, 1).map((value) => [name, value] as const),
  );
  return Object.fromEntries(entries);
}
