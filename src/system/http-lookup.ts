import { lookup, type LookupAddress } from 'node:dns';
import { promisify } from 'node:util';
import { isIP } from 'node:net';
import { LIMITS } from '../defaults.js';
import { unlessAborted } from './deadline.js';
import { Permits } from './permits.js';

const lookUp = promisify(lookup);

/**
 * Addresses by getaddrinfo, so that /etc/hosts and nsswitch.conf count. A look-up cannot be called off, and keeps the
 * process from ending: each name is looked up once for all who wait for it, and no more are begun than Node works on.
 */
export class Lookups {
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
