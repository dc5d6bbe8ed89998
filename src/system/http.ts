import type { Socket } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import { LIMITS } from '../defaults.js';
import { OcspbotError } from '../errors.js';
import type { Duration } from '../time/duration.js';
import { readBody } from './http-body.js';
import { makeConnector } from './http-connector.js';
import { Deadline, LONGEST_TIMER } from './http-deadline.js';
import { transportError } from './http-errors.js';
import type { Progress } from './http-progress.js';
import type { Http, HttpLimits, HttpRequest, HttpResponse } from './interfaces.js';

export interface HttpOptions {
  /** Connections to one origin that may be open at once. */
  readonly connectionsPerHost: number;
}

/** HTTP/1.1 with keep-alive, by undici. */
export function openHttp(options: HttpOptions): Http {
  return new UndiciHttp(options);
}

class UndiciHttp implements Http {
  readonly #options: HttpOptions;
  /** undici has connect timeouts by agent, we have them by exchange; in practice there is one. */
  readonly #agents = new Map<Duration, Agent>();
  readonly #sockets = new Set<Socket>();
  #closed = false;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  async exchange(request: HttpRequest, limits: HttpLimits): Promise<HttpResponse> {
    if (this.#closed) throw new OcspbotError('internal', 'an HTTP exchange was begun after the end');
    const progress: Progress = { status: undefined, octets: 0 };
    const deadline = new Deadline(limits.timeout);
    try {
      const response = await deadline.limit(this.#request(request, limits, deadline.signal));
      progress.status = response.statusCode;
      const body = await readBody(response, limits.maxBody, progress);
      return { status: response.statusCode, headers: firstValues(response.headers), body };
    } catch (error) {
      throw transportError(error, { request, limits, progress });
    } finally {
      deadline.clear();
    }
  }

  /** Sockets that are still connecting or that undici has lost sight of are ended as well: nothing keeps Node alive. */
  async close(): Promise<void> {
    this.#closed = true;
    const ended = [...this.#agents.values()].map((agent) => agent.destroy());
    for (const socket of this.#sockets) socket.destroy(new Error('closed'));
    await Promise.all(ended);
  }

  #request(request: HttpRequest, limits: HttpLimits, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { origin, pathname, search } = new URL(request.url);
    return this.#agent(Math.min(limits.connectTimeout, limits.timeout, LONGEST_TIMER)).request({
      origin,
      path: pathname + search,
      method: request.method,
      headers: { ...request.headers },
      body: request.body ?? null,
      signal,
    });
  }

  #agent(connectTimeout: Duration): Agent {
    const known = this.#agents.get(connectTimeout);
    if (known !== undefined) return known;
    const agent = new Agent({
      connections: this.#options.connectionsPerHost,
      pipelining: 1,
      maxHeaderSize: LIMITS.responseHeader,
      // one clock, ours: these two start anew with each octet, and are half a second late by design
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: makeConnector(connectTimeout, this.#sockets),
    });
    this.#agents.set(connectTimeout, agent);
    return agent;
  }
}

function firstValues(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) => {
    const first = Array.isArray(value) ? value[0] : value;
    return first === undefined ? [] : [[name, first] as const];
  });
  return Object.fromEntries(entries);
}
