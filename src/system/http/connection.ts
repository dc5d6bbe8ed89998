import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import Client from 'undici/lib/dispatcher/client.js';
import type { Route } from '../../http/route.js';
import type { Progress } from '../../http/trace.js';
import type { HttpLimits, HttpRequest, HttpResponse } from '../../http/types.js';
import { LIMITS } from '../../util/limits.js';
import { ResponseHandler } from './handler.js';
import { authorizationOf } from './tunnel.js';
import { prepareWire } from './wire.js';

/** The error of a request on a connection that the server has closed before. */
class ClosedBefore extends Error {
  override readonly name = 'ClosedBefore';
}

/** The parts of an exchange: its request, URL, limits and route, and the progress that it records. */
export interface Exchange {
  readonly request: HttpRequest;
  /** The parsed URL of the request. */
  readonly url: URL;
  readonly limits: HttpLimits;
  readonly route: Route;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** An open connection with an undici client, which sends one request after the other on it. */
export class Connection {
  readonly #socket: Duplex;
  readonly #client: Client;
  #progress: Progress | undefined;
  /** The address of the server or the proxy. */
  readonly address: string | undefined;
  /** True after the first exchange. */
  isUsed = false;

  constructor(socket: Duplex, origin: string, address: string | undefined) {
    this.#socket = socket;
    this.address = address;
    prepareWire(socket, () => this.#progress);
    let isOpen = false;
    this.#client = new Client(origin, {
      // undici would reconnect by itself; `UndiciHttp` decides about that instead.
      connect: (_options, done) => {
        const isAgain = isOpen;
        isOpen = true;
        // undici does not expect a synchronous call.
        queueMicrotask(() =>
          isAgain ? done(new ClosedBefore('it was closed'), null) : done(null, socket as Socket),
        );
      },
      maxHeaderSize: LIMITS.responseHeader,
      // The time limits are our own: undici's have a resolution of half a second.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: LIMITS.keepAlive,
      keepAliveMaxTimeout: LIMITS.keepAlive,
    });
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** Sends one request. Throws errors of Node, of undici, and of src/http/trace.ts; the connection is then closed. */
  async send({ request, url, route, limits, progress, signal }: Exchange): Promise<HttpResponse> {
    const abort = () => this.close(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    this.#progress = progress;
    try {
      progress.begin('request');
      return await new Promise((resolve, reject) => {
        const handler = new ResponseHandler(progress, limits.maxBody, this.#socket, { resolve, reject });
        this.#client.dispatch(optionsOf(request, url, route), handler);
      });
    } catch (error) {
      this.close(error as Error);
      throw error;
    } finally {
      this.isUsed = true;
      this.#progress = undefined;
      signal.removeEventListener('abort', abort);
    }
  }

  close(reason: Error): void {
    this.#socket.destroy(reason);
  }
}

function optionsOf(request: HttpRequest, { host, pathname, search }: URL, { scheme, proxy }: Route) {
  const { method, url, headers, body } = request;
  const forwarder = scheme === 'http' ? proxy : undefined;
  return {
    method,
    // A proxy gets the whole URL (RFC 9112 §3.2.2).
    path: forwarder === undefined ? pathname + search : url,
    headers: { Host: host, ...headers, ...(forwarder && authorizationOf(forwarder)) },
    body: body ?? null,
  };
}
