import { lookup, type LookupAddress } from 'node:dns';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import { promisify } from 'node:util';
import type { ProxyServer } from '../../http/proxy.js';
import { isAllowed, type Route, redirectRefused } from '../../http/route.js';
import type { Progress } from '../../http/trace.js';
import { LIMITS } from '../../util/limits.js';
import type { Duration } from '../../util/time.js';
import { Permits, unlessAborted } from '../timers.js';
import { eventOf } from './events.js';
import { openTunnel } from './tunnel.js';

/** The time limit of an attempt to connect, the progress that it records, and the signal that ends it. */
export interface Attempt {
  readonly timeout: Duration;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Addresses of a host that are tried within the connect timeout. */
const ADDRESSES = 4;

/** Makes connections to servers, also through proxies: look-up, TCP, tunnel, TLS. */
export class Connector {
  readonly #lookups: Lookups;
  readonly #caFile: string | undefined;
  readonly #sockets = new Set<Duplex>();
  #trust: SecureContext | undefined;

  constructor(caFile: string | undefined, closing: AbortSignal) {
    this.#caFile = caFile;
    this.#lookups = new Lookups(closing);
  }

  /** Makes a connection that is ready for a request. Throws errors of Node, the signal's reason, and OcspbotErrors. */
  async connect(route: Route, attempt: Attempt): Promise<Duplex> {
    const first = route.proxy ?? route;
    const socket = await this.#openTcp(first, route, attempt);
    try {
      const open = first.scheme === 'https' ? await this.#startTls(socket, first.hostname, attempt) : socket;
      return route.proxy === undefined ? open : await this.#passProxy(open, route.proxy, route, attempt);
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  /** Destroys all sockets in whatever state, so that none keeps Node alive. */
  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #openTcp({ hostname, port }: ProxyServer | Route, route: Route, attempt: Attempt): Promise<Socket> {
    const { progress, signal, timeout } = attempt;
    progress.begin('dns');
    const found = await this.#lookups.find(hostname, signal);
    if (isIP(hostname) === 0) progress.end('dns');
    progress.addresses = found.map(({ address }) => address);
    const allowed =
      route.proxy === undefined ? found.filter(({ address }) => isAllowed(route, address)) : found;
    if (allowed.length === 0) throw redirectRefused(route, progress.addresses);
    progress.begin('connect');
    const socket = connectTcp({
      host: hostname,
      port,
      noDelay: true,
      lookup: (_name, _options, callback) => callback(null, allowed),
      autoSelectFamily: true,
      // Node's default of 250 ms cuts off slow links: https://github.com/nodejs/node/issues/54359
      autoSelectFamilyAttemptTimeout: Math.max(10, Math.ceil(timeout / ADDRESSES)),
    });
    this.#keep(socket);
    await eventOf(socket, 'connect', signal);
    progress.end('connect');
    progress.address = socket.remoteAddress;
    return socket;
  }

  /** Goes through a proxy: it gets http requests as they are (RFC 9112 §3.2.2), and opens a tunnel for https. */
  async #passProxy(open: Duplex, proxy: ProxyServer, route: Route, attempt: Attempt): Promise<Duplex> {
    if (route.scheme === 'http') return open;
    const { progress, signal } = attempt;
    progress.begin('tunnel');
    await openTunnel(open, proxy, route, signal);
    progress.end('connect');
    progress.isPastProxy = true;
    return await this.#startTls(open, route.hostname, attempt);
  }

  async #startTls(socket: Duplex, hostname: string, { progress, signal }: Attempt): Promise<Duplex> {
    // Loaded on demand: most responders are asked by http.
    const { startTls, trustOf } = await import('./tls.js');
    this.#trust ??= trustOf(this.#caFile);
    progress.begin('tls');
    const secure = startTls(socket, hostname, this.#trust);
    this.#keep(secure);
    await eventOf(secure, 'secureConnect', signal);
    progress.end('tls');
    return secure;
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    // An error while nobody else listens must not end the program.
    socket.on('error', () => undefined).once('close', () => this.#sockets.delete(socket));
  }
}

const lookUp = promisify(lookup);

/**
 * Looks up names by getaddrinfo, so that /etc/hosts and nsswitch.conf count. A look-up cannot be cancelled and keeps
 * the process alive. So a name is looked up once for all who wait for it, and no more look-ups begin than Node works
 * on.
 */
class Lookups {
  readonly #running = new Map<string, Promise<LookupAddress[]>>();
  readonly #permits = new Permits(LIMITS.lookups);
  readonly #closing: AbortSignal;

  constructor(closing: AbortSignal) {
    this.#closing = closing;
  }

  async find(hostname: string, signal: AbortSignal): Promise<LookupAddress[]> {
    const family = isIP(hostname);
    if (family !== 0) return [{ address: hostname, family }];
    const running = this.#running.get(hostname) ?? this.#begin(hostname);
    return await unlessAborted(running, signal);
  }

  #begin(hostname: string): Promise<LookupAddress[]> {
    const running = this.#run(hostname).finally(() => this.#running.delete(hostname));
    this.#running.set(hostname, running);
    return running;
  }

  async #run(hostname: string): Promise<LookupAddress[]> {
    const release = await this.#permits.acquire(this.#closing);
    try {
      return await lookUp(hostname, { all: true });
    } finally {
      release();
    }
  }
}
