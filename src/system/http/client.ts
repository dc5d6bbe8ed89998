import { setMaxListeners } from 'node:events';
import { transportError } from '../../http/errors.js';
import { proxyUrl } from '../../http/proxy.js';
import { keyOf, type Route, routeOf } from '../../http/route.js';
import { Closed, ConnectTimeIsUp, Progress, TimeIsUp } from '../../http/trace.js';
import type { Http, HttpLimits, HttpOptions, HttpRequest, HttpResponse, Trace } from '../../http/types.js';
import { Deadline, Permits, monotonicClock } from '../timers.js';
import { Connection, type Exchange } from './connection.js';
import { Connector } from './connector.js';

/** Opens an HTTP/1.1 client with keep-alive: undici on connections of our own. */
export function openHttp(options: HttpOptions): Http {
  return new UndiciHttp(options);
}

class UndiciHttp implements Http {
  readonly #options: HttpOptions;
  /** Aborted by the end of the run or of the program: all exchanges then fail with its reason. */
  readonly #end = new AbortController();
  readonly #connector: Connector;
  readonly #idle = new IdleConnections();
  readonly #permits = new Map<string, Permits>();
  /** The routes by origin, since most requests of a run go to the same few servers. */
  readonly #routes = new Map<string, Route>();

  constructor(options: HttpOptions) {
    this.#options = options;
    this.#connector = new Connector(options.caFile, this.#end.signal);
    // Each exchange adds a listener.
    setMaxListeners(0, this.#end.signal);
    follow(this.#end, options.stop);
  }

  async exchange(
    request: HttpRequest,
    limits: HttpLimits,
    observe?: (trace: Trace) => void,
  ): Promise<HttpResponse> {
    const url = new URL(request.url);
    const release = await this.#acquire(url, request, limits);
    const progress = new Progress(monotonicClock);
    const deadline = new Deadline(limits.timeout, () => new TimeIsUp(), this.#end.signal);
    const { signal } = deadline;
    try {
      const route = this.#routeFor(url, request);
      progress.proxy = route.proxy && proxyUrl(route.proxy);
      return await this.#send({ request, url, limits, route, progress, signal });
    } catch (error) {
      throw transportError(signal.aborted ? signal.reason : error, { request, limits, progress });
    } finally {
      deadline.clear();
      observe?.(progress.trace());
      // The connection must be idle again before the next exchange starts.
      setImmediate(release);
    }
  }

  async close(): Promise<void> {
    this.#end.abort(new Closed('closed'));
    this.#connector.close();
  }

  /** Waits for a permit of the origin. The time limit of an exchange begins only after that. */
  async #acquire({ origin }: URL, request: HttpRequest, limits: HttpLimits): Promise<() => void> {
    try {
      return await this.#permitsFor(origin).acquire(this.#end.signal);
    } catch (error) {
      throw transportError(error, { request, limits, progress: new Progress(monotonicClock) });
    }
  }

  async #send(exchange: Exchange): Promise<HttpResponse> {
    const key = keyOf(exchange.route);
    let response: HttpResponse | undefined;
    while (response === undefined) response = await this.#attempt(key, exchange);
    return response;
  }

  /** Returns undefined if the server closed an idle connection in the moment of its reuse (RFC 9112 §9.3.1). */
  async #attempt(key: string, exchange: Exchange): Promise<HttpResponse | undefined> {
    const { progress, signal, route } = exchange;
    const connection = this.#idle.take(key) ?? (await this.#connect(exchange));
    progress.address = connection.address;
    progress.isPastProxy = route.scheme === 'https';
    const mayBeStale = connection.isUsed;
    try {
      const response = await connection.send(exchange);
      this.#idle.give(key, connection);
      return response;
    } catch (error) {
      if (mayBeStale && progress.firstByte === undefined && !signal.aborted) return undefined;
      throw error;
    }
  }

  async #connect({ url, route, limits, progress, signal }: Exchange): Promise<Connection> {
    const timeout = Math.min(limits.connectTimeout, limits.timeout);
    const deadline = new Deadline(timeout, () => new ConnectTimeIsUp(), signal);
    try {
      const socket = await this.#connector.connect(route, { timeout, progress, signal: deadline.signal });
      return new Connection(socket, url.origin, progress.address);
    } catch (error) {
      throw deadline.signal.aborted ? deadline.signal.reason : error;
    } finally {
      deadline.clear();
    }
  }

  #routeFor({ origin }: URL, request: HttpRequest): Route {
    // A redirect has its own route, because it may not lead everywhere.
    if (request.redirectedBy !== undefined) return routeOf(request, this.#options);
    const known = this.#routes.get(origin) ?? routeOf(request, this.#options);
    this.#routes.set(origin, known);
    return known;
  }

  #permitsFor(origin: string): Permits {
    const known = this.#permits.get(origin) ?? new Permits(this.#options.connectionsPerHost);
    this.#permits.set(origin, known);
    return known;
  }
}

function follow(controller: AbortController, signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) controller.abort(signal.reason);
  signal?.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
}

/** Idle connections by the key of their route. */
class IdleConnections {
  readonly #waiting = new Map<string, Connection[]>();

  /** Takes the connection that was used last, because the server is least likely to have closed it. */
  take(key: string): Connection | undefined {
    const waiting = this.#waiting.get(key) ?? [];
    let connection = waiting.pop();
    while (connection?.isOpen === false) connection = waiting.pop();
    return connection;
  }

  give(key: string, connection: Connection): void {
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.set(key, waiting);
    waiting.push(connection);
  }
}
